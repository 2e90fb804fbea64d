extension TransactionState {
    /// `begin_transaction`
    mutating func began(_ error: KafkaError?, at now: Int64) -> Action {
        if let error { return isFencing ? fenceAgain(error, at: now) : rebuild(error, at: now) }
        moved(to: .open, began: now)
        return isFencing ? .sendOffsets(after: 0) : .produce(after: 0)
    }

    /// One record could not be handed over, or (no error) all are.
    mutating func produced(_ error: KafkaError?, record: Int?, at now: Int64) -> Action {
        guard let error else { return needsFlush ? .flush : .askGroup }
        // the queue is full until some are delivered
        if error.isQueueFull, age(at: now) < limits.transaction { return .produce(after: 0) }
        let outcome = TransactionOutcome.aborted(error, record: record)
        if error.recovery == .recreateClient { return rebuild(error, tell: outcome, at: now) }
        return abort(outcome, at: now)
    }

    /// The records that report their offset are written, or one is not.
    mutating func flushed(_ error: KafkaError?, undelivered: Undelivered?, at now: Int64) -> Action {
        if let undelivered {
            let outcome = TransactionOutcome.aborted(undelivered.error, record: undelivered.record)
            if undelivered.error.recovery == .recreateClient {
                return rebuild(undelivered.error, tell: outcome, at: now)
            }
            return abort(outcome, at: now)
        }
        guard let error else { return .askGroup }
        if error.recovery == .retry, age(at: now) < limits.transaction { return .flush }
        if error.recovery == .recreateClient {
            return rebuild(error, tell: .aborted(error, record: nil), at: now)
        }
        return abort(.aborted(error, record: nil), at: now)
    }

    /// `send_offsets_to_transaction`: again only with the same arguments.
    mutating func offsetsSent(_ error: KafkaError?, undelivered: Undelivered?, at now: Int64) -> Action {
        if isFencing { return fenceSent(error, at: now) }
        guard let error else {
            moved(to: .offsets)
            startTrying(at: now)
            return .commit(after: 0)
        }
        let outcome = TransactionOutcome.aborted(undelivered?.error ?? error, record: undelivered?.record)
        switch error.recovery {
        case .retry where age(at: now) < limits.transaction: return .sendOffsets(after: limits.pause)
        case .retry, .abortTransaction: return abort(outcome, at: now)
        case .recreateClient, .none: return rebuild(error, tell: outcome, at: now)
        }
    }

    /// `commit_transaction`; unsure: its coordinator's connection dropped, or it was slow.
    mutating func committed(_ error: KafkaError?, undelivered: Undelivered?, unsure: Bool, at now: Int64) -> Action {
        mustRecycle = mustRecycle || unsure || error != nil
        guard let error else {
            leaveDoubt()
            return finish(.committed)
        }
        switch error.recovery {
        case .retry:
            let isFirst = phase != .inDoubt
            enterDoubt(error, at: now)
            // the answer to a call may come with the next one
            if isFirst || trying(at: now) < endPatience { return .commit(after: limits.pause) }
            return rebuild(error, at: now)
        case .abortTransaction where phase != .inDoubt:
            return abort(
                .aborted(undelivered?.error ?? error, record: undelivered?.record),
                at: now
            )
        case .abortTransaction, .recreateClient, .none:
            enterDoubt(error, at: now)
            return rebuild(error, at: now)
        }
    }

    /// `abort_transaction`
    mutating func aborted(_ error: KafkaError?, unsure: Bool, at now: Int64) -> Action {
        if isFencing { return fenceAborted(error, unsure: unsure, at: now) }
        mustRecycle = mustRecycle || unsure || error != nil
        guard let error else { return endOfAbort() }
        if error.recovery == .retry, trying(at: now) < endPatience { return .abort(after: limits.pause) }
        // the new instance's start aborts what is open
        return rebuild(error, at: now)
    }
}

/// A record that was taken over and could not be written.
struct Undelivered: Sendable, Hashable {
    let error: KafkaError
    let record: Int
}
