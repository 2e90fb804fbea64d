/// A restart under way: what is still to be taken up, and what the log was found not to hold.
struct Restore {
    let plan: RestorePlan
    let partition: Int32
    let topic: Int32
    /// Threads that open again at their first message.
    var entries: [RestorePlan.First: OpenEntry] = [:]
    /// Spilled threads, put together from their parts, by the hash of their key. Each waits until what is read lies beyond
    /// its cut: below it the key's messages are its own, or those of an earlier thread of the same key.
    var parked: [UInt64: [OpenThread]] = [:]
    /// Spilled threads whose parts are still to come.
    var awaited: [RestorePlan.First: OpenEntry] = [:]
    var problem: RestoreProblem?
    /// The first messages of `entries`, the next one last; those that are gone from there may still be here.
    private var ahead: [RestorePlan.First]

    init(_ plan: RestorePlan, partition: Int32, topic: Int32) {
        self.plan = plan
        self.partition = partition
        self.topic = topic
        for entry in plan.entries {
            if entry.cut == nil { entries[entry.first] = entry } else { awaited[entry.first] = entry }
        }
        ahead = entries.keys.sorted(by: >)
    }

    /// The thread that opens again with this message. Messages come in the order of the log: nearly all of them open none,
    /// and are told so without a look-up.
    mutating func take(at here: RestorePlan.First) -> OpenEntry? {
        while let next = ahead.last, next < here { ahead.removeLast() }
        guard ahead.last == here else { return nil }
        return entries.removeValue(forKey: here)
    }

    /// What the anchor says of the thread that opened lowest.
    mutating func check(_ first: RestorePlan.First, _ sum: UInt32) {
        guard let expected = plan.anchor.lowKey, plan.entries.first?.first == first, expected != sum else { return }
        problem = .otherThread(first)
    }
}

/// Why the log that is read again is not the one that the checkpoint was written for.
public enum RestoreProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another thread begins where the checkpoint's lowest one did.
    case otherThread(RestorePlan.First)
    /// The record at this offset is another one.
    case otherRecord(Int64)

    /// What it means and what to do.
    public var description: String {
        let place =
            switch self {
            case .otherThread(let first): "another thread begins at offset \(first.offset)"
            case .otherRecord(let offset): "the record at offset \(offset) is another one"
            }
        return "the log is not the one that the checkpoint was written for: \(place); was the topic made anew? "
            + "Use another app_id, or set the group's offsets to where it should begin"
    }
}
