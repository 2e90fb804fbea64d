import DashStream

extension OpenThread {
    /// When it must be looked at again: at a time of the partition, and maybe at an offset.
    struct Wake {
        var time: Int64
        var offset: Int64?
    }

    /// The first moments at which it can be over; it need not be looked at before.
    ///
    /// - Parameter now: the partition's time, at which it was found open; nil: it was not looked at.
    func wake(after now: Int64?, _ configuration: AssemblyConfiguration) -> Wake {
        let last = min(
            lastTimestamp.saturatingPlus(configuration.idleTimeout),
            firstTimestamp.saturatingPlus(configuration.maxThreadAge)
        )
        var wake = Wake(time: last.saturatingPlus(1))
        guard terminator != .max else {
            if hasNodeError {
                wake.time = min(wake.time, lastTimestamp.saturatingPlus(configuration.errorGrace).saturatingPlus(1))
            }
            return wake
        }
        let grace =
            isWhole ? configuration.resumeGrace : max(configuration.reorderGrace, configuration.resumeGrace)
        let own = terminatorTimestamp.saturatingPlus(grace)
        if let now, !isWhole, own < now {
            // its time was up, and so few records have come since that stragglers may be among the next ones
            wake.offset = terminatorOffset.saturatingPlus(configuration.reorderGraceRecords)
        } else {
            wake.time = min(wake.time, own.saturatingPlus(1))
        }
        return wake
    }
}
