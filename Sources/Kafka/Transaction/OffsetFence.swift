/// Where a transactional producer begins: each new instance sends an offset of the group in a transaction, and aborts it.
///
/// Brokers may take up offsets of a transaction after it was ended: a broker that stood still goes on with what it had
/// begun. They belong to an epoch that is over and nobody ends them: until then nobody can read what the group has
/// committed, and if the next transaction of the same producer is committed, they are committed with it. What is aborted
/// here takes them along, and from then on the group's offsets refuse everything of earlier epochs.
public struct OffsetFence: Sendable, Hashable {
    /// The group.
    public let group: String
    /// A partition that it reads; nothing is committed of it.
    public let partition: TopicPartition

    /// Where `group` keeps its offsets; `partition` is one that it may commit.
    public init(group: String, partition: TopicPartition) {
        self.group = group
        self.partition = partition
    }

    /// The transaction that is aborted.
    var job: TransactionJob {
        let offset = PartitionOffset(partition, .at(0))
        return TransactionJob(Transaction([]) { _ in [offset] }, fencing: group)
    }
}

/// How far a producer is with its ``OffsetFence``. Pure; times are milliseconds of a clock that only goes forward.
struct FenceState: Sendable {
    /// It is under way.
    fileprivate(set) var isUnderWay = false
    /// Tried since.
    fileprivate var since: Int64?
    /// Why its offset could not be sent, where another instance may have more luck.
    fileprivate var problem: KafkaError?
    /// It was aborted, and then again and again: the next instance does without.
    fileprivate var isEnough = false
}

extension TransactionState {
    /// The transaction under way is the one that is aborted.
    var isFencing: Bool { fence?.isUnderWay == true }

    /// A new instance is there.
    ///
    /// - Returns: whether it begins with its fence.
    mutating func beginFence(at now: Int64) -> Bool {
        guard var fence else { return false }
        if fence.isEnough {
            fence = FenceState()
        } else {
            fence.since = fence.since ?? now
            fence.problem = nil
            fence.isUnderWay = true
        }
        self.fence = fence
        return fence.isUnderWay
    }

    /// Its offset is sent, or was refused: where it was, so will be those of the transactions to come, and they say why. Who
    /// is not allowed to will never be: that is the end.
    mutating func fenceSent(_ error: KafkaError?, at now: Int64) -> Action {
        switch error?.recovery {
        case .retry where age(at: now) < limits.transaction: return .sendOffsets(after: limits.pause)
        case .recreateClient: return fenceAgain(error, at: now)
        case .retry: fence?.problem = error
        case .abortTransaction, .some(.none): if error?.isNotAllowed == true { fence?.problem = error }
        case nil: break
        }
        moved(to: .aborting)
        startTrying(at: now)
        return .abort(after: 0)
    }

    /// It is aborted. Where the request may have been sent twice, the second would end the next transaction: another instance.
    mutating func fenceAborted(_ error: KafkaError?, unsure: Bool, at now: Int64) -> Action {
        if let error, error.recovery == .retry, trying(at: now) < endPatience { return .abort(after: limits.pause) }
        let problem = error ?? fence?.problem
        // librdkafka warns of it, which is no reason to doubt what was sent
        if let problem, problem.isNotAllowed { return fail(problem) }
        guard problem == nil, !unsure else { return fenceAgain(problem, at: now) }
        fence = FenceState()
        return goOn(at: now)
    }

    /// A new instance tries it again, for as long as one is tried to be started.
    mutating func fenceAgain(_ error: KafkaError?, at now: Int64) -> Action {
        if now - (fence?.since ?? now) >= limits.patience {
            if let error { return fail(error) }
            fence?.isEnough = true
        }
        moved(to: .rebuilding)
        return .replace
    }
}
