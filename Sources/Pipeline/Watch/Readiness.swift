/// Why a processor is not ready; the raw values are what probes, alerts and people read.
enum UnreadyReason: String, Sendable, Hashable, CaseIterable {
    /// No broker answers.
    case broker
    /// The group has not given out its partitions.
    case unassigned
    /// What was open before a restart or rebalance is being read again.
    case restoring
    /// The brokers take another process for this one.
    case fenced
    /// Nothing is read, since `limits.memory_budget` is used up.
    case pausedMemory = "paused_memory"
    /// `batches.max_empty` commits in a row read records and made no batch.
    case noBatches = "no_batches"
    /// It was told to end.
    case stopping

    /// What it means and what to do.
    var advice: String {
        switch self {
        case .broker: "no broker answers: see whether Kafka is up and reachable; nothing is lost, it goes on by itself"
        case .unassigned: "the group is being balanced; if it stays so, another member of it may be stuck"
        case .restoring: "open threads and groups are read again from the log; ready when that is done"
        case .fenced: "another process uses the same instance_id, or the brokers were away for longer than a session"
        case .pausedMemory: "raise limits.memory_budget, or close groups sooner (groups.deadline)"
        case .noBatches: "records come and no batch is made: look at the excluded threads and their reasons"
        case .stopping: "the process was told to end"
        }
    }
}

extension StreamView {
    /// Longer than that (milliseconds) no broker and no loop is silent while all is well.
    static let patience: Int64 = 4000

    /// Everything that keeps it from being ready; empty: it is. Standing by without a partition is ready.
    ///
    /// - Parameters:
    ///   - now: milliseconds of the monotonic clock.
    ///   - maxEmpty: `batches.max_empty`.
    func reasons(now: Int64, maxEmpty: Int) -> [UnreadyReason] {
        switch phase {
        case .stopping: return [.stopping]
        case .waiting(.fenced): return [.fenced]
        case .starting, .waiting: return [.broker]
        case .working: break
        }
        var reasons: [UnreadyReason] = []
        let isMember = statistics.isMember == true
        // a group that is being balanced is asked once, and answers when all have come
        let isQuiet = isMember && (statistics.silence ?? 0) > quiet
        let isSilent = isQuiet || (commitAge ?? 0) > Self.patience || now - uptime > Self.patience
        if isSilent || statistics.hasBroker == false { reasons.append(.broker) }
        if !isMember { reasons.append(.unassigned) }
        if report.gauge.restoring > 0 || report.gauge.waiting > 0 { reasons.append(.restoring) }
        if report.gauge.isPaused { reasons.append(.pausedMemory) }
        if maxEmpty > 0, emptyCommits >= maxEmpty { reasons.append(.noBatches) }
        return reasons
    }
}
