internal import Dispatch
internal import Failpoints
internal import Files
internal import Kafka
internal import Reinforce
internal import Settings
internal import Synchronization
internal import Telemetry

/// What goes into a commit, and what follows from it.
extension CommitCoordinator {
    /// Everything that is ready; nil where nothing has changed.
    func prepare(_ now: Int64, only: Set<TopicPartition>? = nil) throws -> CommitBundle? {
        sequence += 1
        let token = CommitToken(writer: writer, sequence: sequence)
        // a restart that is not through yet has nothing new to say
        let ready = tasks.sorted.filter { task in
            !task.isRestoring && (only?.contains(task.place) ?? !retries.isQuarantined(task.place))
        }
        for task in ready { task.advance(to: now) }
        let isExactlyOnce = services.settings.isExactlyOnce
        if isExactlyOnce { punctuate(ready, now) }
        var parts: [CommitBundle.Part] = []
        for task in ready {
            guard try place(spilledBy: task) else { continue }
            if let failure = task.failure { throw failure }
            let hasLetters = letters.isDue(of: task.place)
            // at least once: what ends by now must end again after a restart, so the time must be committed before
            guard !task.pending.isEmpty || hasLetters || task.hasChanged || (!isExactlyOnce && task.isDue) else {
                continue
            }
            var output = task.takeOutput()
            if hasLetters { letters.write(to: &output) }
            var checkpoint = task.checkpoint()
            checkpoint.token = token
            parts.append(
                CommitBundle.Part(task: task, output: output, checkpoint: checkpoint, purgesBelow: task.purgesBelow)
            )
        }
        return parts.isEmpty ? nil : CommitBundle(parts, token: token, since: now)
    }

    /// Ends what is over in tasks, side by side; batches are rendered there.
    func punctuate(_ tasks: [any StreamTask], _ now: Int64) {
        let all = Unshared(tasks)
        let turn = Turn()
        inParallel(tasks.count, threads: services.topology.threads) {
            unsafe all.value[$0].punctuate(now: now, in: turn)
        }
    }

    /// Writes what a task has spilled, in a transaction of its own: the checkpoint must say where it stands.
    ///
    /// - Returns: false where it could not be written; then the task waits for the next commit.
    private func place(spilledBy task: any StreamTask) throws -> Bool {
        let records = task.spill()
        guard !records.isEmpty else { return true }
        let written = Mutex<[Delivery]>([])
        let transaction = Transaction(records) { deliveries in
            written.withLock { $0 = deliveries }
            return []
        }
        let outcome = try path.run(transaction, nil, within: patience)
        guard case .committed = outcome else {
            services.log.warning(
                "open threads could not be spilled; the next commit tries again",
                ["partition": .init(task.place)]
            )
            return false
        }
        Faults.point("mid-spill")
        for delivery in written.withLock({ $0 }) {
            task.placed(delivery)
            journal.status.spills += 1
        }
        return true
    }

    func transaction(_ bundle: CommitBundle) -> Transaction {
        bundle.transaction(group: services.settings.appID, checkpointsTopic: services.settings.checkpointsTopic)
    }

    /// Milliseconds that the question for what is committed may take; it is asked again.
    static let settlementCall: Int32 = 5000

    /// Whether the group's committed offsets are those of the bundle; nil: others have committed since.
    func settlement(_ bundle: CommitBundle, _ member: GroupMember) -> @Sendable () throws(KafkaError) -> Bool? {
        let places = bundle.partitions
        let token = bundle.token
        let reader = services.store
        return { () throws(KafkaError) in
            for place in try member.committed(places, milliseconds: Self.settlementCall) {
                if let error = place.error { throw error }
                if try reader.token(of: place) == token { return true }
            }
            return false
        }
    }

    /// It went through.
    func committed(_ bundle: CommitBundle, _ member: GroupMember) throws {
        bundle.confirm()
        membership.accepted()
        recovery.worked()
        if services.isEmbedded, services.settings.isExactlyOnce { try member.commit(bundle.places.all) }
        retries.succeed()
        for part in bundle.parts { letters.committed(part.output.exampleOffsets) }
        journal.committed(bundle)
        services.log.debug("committed", ["token": .init(bundle.token), "partitions": .init(bundle.parts.count)])
        for part in bundle.parts {
            guard let below = part.purgesBelow else { continue }
            purges.note(part.task.place, below: below)
        }
        purge()
    }

    /// Deletes what no restart reads any more, in the background: it may take its time and may fail.
    private func purge() {
        let due = purges.due(services.clock.milliseconds)
        guard !services.isEmbedded, !due.isEmpty else { return }
        let client = services.client
        let log = services.log
        DispatchQueue.global().async {
            do throws(KafkaError) {
                try Admin(client).deleteRecords(before: due)
            } catch {
                log.warning(
                    "records of the scored topic that are needed no more could not be deleted; they go by its retention",
                    ["problem": .init(error)]
                )
            }
        }
    }
}
