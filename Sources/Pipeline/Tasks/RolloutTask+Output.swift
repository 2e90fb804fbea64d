internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings

/// What a partition of an events topic writes: records for stage two, ledger lines, dead letters and parts of open threads.
extension RolloutTask {
    /// Makes records of what the stage has finished.
    func collect() {
        if let problem = stage.restoreProblem, failure == nil {
            failure = PipelineProblem(.usage, "\(place): \(problem)")
        }
        guard !stage.isRestoring else { return }
        if stage.hasOddities { pending.note(stage.takeOddities(), topic: place.topic) }
        for thread in stage.finished {
            pending.note(lateIn: thread, topics: services.settings.topics.events)
            switch thread {
            case .rollout(let rollout): append(rollout)
            case .excluded(let excluded): count(LedgerEntry(excluded))
            }
            for key in thread.spentParts { append(tombstone: key) }
        }
        stage.finished.removeAll(keepingCapacity: true)
        for record in stage.takeRewardDecisions() { append(record) }
        for record in stage.takeLateRewards() {
            pending.note(late: record)
            if let line = services.output.record(late: record) { pending.append(line) }
        }
        for key in stage.takeSpentParts() { append(tombstone: key) }
        for change in stage.takeClaims() {
            switch change {
            case .claim(let key, let pairing, let time): append(.claim(GroupClaim(key, pairing, time: time)))
            case .withdrawal(let key, let group): append(.withdrawal(ClaimWithdrawal(key, groupID: group.group)))
            }
        }
    }

    /// What a rollout was scored by leaves with it: beside its thread, so that a replay asks nobody.
    private func append(_ decision: RewardRecord) {
        let settings = services.settings
        guard settings.rewards.keep, !settings.topics.rewards.isEmpty else { return }
        pending.append(
            OutgoingRecord(
                topic: settings.topics.rewards,
                partition: place.partition,
                key: decision.kafkaKey,
                value: decision.json
            )
        )
    }

    private func append(tombstone key: [UInt8]) {
        let record = OutgoingRecord(
            topic: services.settings.checkpointsTopic,
            key: services.partKey(place, key),
            value: nil
        )
        if services.settings.isExactlyOnce { pending.append(record) } else { spent.append(record) }
    }

    /// What is not needed any more by what was just committed may go with the next commit.
    func releaseSpent() {
        for record in spent { pending.append(record) }
        spent = []
    }

    func spill() -> [OutgoingRecord] {
        unplaced += stage.spill(at: flow.position, horizon: services.horizon)
        return unplaced.map { part in
            OutgoingRecord(
                topic: services.settings.checkpointsTopic,
                key: services.partKey(place, part.key),
                value: part.bytes,
                reportsOffset: true
            )
        }
    }

    func placed(_ delivery: Delivery) {
        guard !unplaced.isEmpty else { return }
        stage.placed(unplaced.removeFirst(), partition: delivery.partition, offset: delivery.offset)
    }

    private func append(_ rollout: Rollout) {
        if rollout.tooLarge > 0 { refuse(rollout) }
        let record = ScoredRecord.scored(rollout)
        let value = record.encoded()
        // what no record holds is told without its text: its group must know that it is too large for a batch
        let fits = value.count <= services.topology.maxScoredBytes
        pending.append(
            OutgoingRecord(
                topic: services.topology.scored,
                key: record.kafkaKey,
                value: fits ? value : ScoredRecord.scored(rollout.withoutText(bytes: value.count)).encoded()
            )
        )
    }

    /// Nobody could be given its samples: where its records stand is told in their place.
    private func refuse(_ rollout: Rollout) {
        pending.append(services.output.record(tooLarge: rollout))
        pending.counts.countDeadLetter(ExclusionReason.tooLarge.rawValue)
    }

    private func append(_ record: ScoredRecord) {
        pending.append(
            OutgoingRecord(topic: services.topology.scored, key: record.kafkaKey, value: record.encoded())
        )
    }

    private func count(_ entry: LedgerEntry) {
        pending.note(entry, topics: services.settings.topics.events)
        if let record = services.output.record(entry) { pending.append(record) }
    }
}
