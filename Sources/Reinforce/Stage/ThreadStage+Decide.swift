import DashStream
import JSON

/// How long a thread that is over waits for what comes later (live).
struct Grace {
    let pairing: Int64
    let examples: Int64
    /// How long before a thread's first event its pairing record may have been written.
    let age: Int64

    init(_ configuration: ThreadStageConfiguration) {
        pairing = configuration.pairingGrace
        examples = configuration.examplesGrace
        age = configuration.assembly.maxThreadAge
    }
}

extension ThreadStage {
    /// What a thread that is over comes to.
    private enum Decision {
        case finished(FinishedThread, [Text: RewardAnswer] = [:])
        /// Its pairing may still come, until this time of the partition.
        case waitsForPairing(until: Int64)
        /// Its example may.
        case waitsForExample(Text, until: Int64)
        /// Somebody outside the trace may still say what it is worth.
        case waitsForRewards(Pairing, Example, [Text: RewardAnswer], until: Int64)
    }

    /// Pairs and scores a thread that is over, or lets it wait.
    mutating func decide(_ trajectory: Trajectory, mayWait: Bool = true) {
        switch decision(trajectory, mayWait: mayWait) {
        case .finished(let thread, let answers):
            if assembler.mode == .live { outside.settle(trajectory, answers, at: thread.trajectory.decisionTime) }
            settle(thread)
        case .waitsForPairing(let until): waiting.add(trajectory, until: until, example: nil)
        case .waitsForExample(let id, let until): waiting.add(trajectory, until: until, example: id)
        case .waitsForRewards(let pairing, let example, let known, let until):
            outside.wait(trajectory, pairing, example, known)
            waiting.add(trajectory, until: until, example: nil)
        }
    }

    /// Hands a thread over; its claim and its pairing records have served.
    private mutating func settle(_ thread: FinishedThread) {
        finished.append(thread)
        guard assembler.mode == .live else {
            finishedBytes += thread.heldBytes
            return
        }
        if !isRestoring { assembler.opens.close(thread.entry) }
        claims.settle(thread, registry)
        registry.remove(thread.key)
    }

    private func decision(_ trajectory: Trajectory, mayWait: Bool) -> Decision {
        guard trajectory.hasStart else { return excluded(trajectory, nil, .noStart) }
        let waits = mayWait && assembler.mode == .live
        let records = registered(trajectory)
        let pairing: Pairing
        let paired: Int64
        do throws(PairingFailure) {
            (pairing, paired) = try records.pairing(with: trajectory.places, claimedAt: trajectory.claimTime)
        } catch {
            switch error {
            case .unpaired:
                let until = trajectory.decisionTime.saturatingPlus(grace.pairing)
                return waits && now <= until
                    ? .waitsForPairing(until: until) : excluded(trajectory, nil, .unpaired)
            case .conflicting: return excluded(trajectory, nil, .conflictingPairing)
            case .invalid: return excluded(trajectory, nil, .invalidPairing)
            }
        }
        guard let example = examples[pairing.exampleID] else {
            // a pairing that came after the end gives its example as much time
            let until = max(trajectory.decisionTime, paired).saturatingPlus(grace.examples)
            return waits && now <= until
                ? .waitsForExample(pairing.exampleID, until: until) : excluded(trajectory, pairing, .unknownExample)
        }
        let answers: [Text: RewardAnswer]
        switch outsideRewards(trajectory, waits: waits) {
        case .complete(let known): answers = known
        case .lacking(let known, let until):
            return .waitsForRewards(pairing, example, known, until: until)
        }
        var trajectory = trajectory
        trajectory.decisionTime = decisionTime(trajectory, answers)
        var score = scorer.score(trajectory, example, answers)
        guard trajectory.tooLarge > 0 else { return .finished(.rollout(Rollout(trajectory, pairing, score)), answers) }
        // whatever its reward, nobody could be given its samples
        if case .success = score.reward { score.reward = .failure(Exclusion(.tooLarge)) }
        return .finished(.rollout(Rollout(trajectory.withoutText, pairing, score)))
    }

    private func excluded(_ trajectory: Trajectory, _ pairing: Pairing?, _ reason: ExclusionReason) -> Decision {
        .finished(.excluded(ExcludedThread(trajectory, pairing: pairing, reason: reason)))
    }

    /// The pairing records that count for a thread that is over.
    private func registered(_ trajectory: Trajectory) -> PairingRegistry.Candidates {
        guard assembler.mode == .live else { return registry.latest(trajectory.key) }
        return registry.candidates(
            trajectory.key,
            from: trajectory.openedAt.saturatingMinus(grace.age),
            to: trajectory.decisionTime.saturatingPlus(grace.pairing)
        )
    }

    /// The partition's time, milliseconds: the greatest that a record or ``closeSilent(at:offset:limit:)`` has brought; the
    /// least there is before that.
    public var now: Int64 { max(assembler.streamTime, latestTime) }
}
