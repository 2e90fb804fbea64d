internal import Dispatch
internal import Files
internal import Kafka
internal import Reinforce
internal import Settings
internal import Synchronization
internal import Telemetry

extension StreamProcessor {
    /// Begins a transaction of everything that is ready, on the producer's own thread.
    func commitDue(_ consumer: borrowing Consumer, _ now: Int64) throws {
        lastCommit = now
        recordsSinceCommit = 0
        if retries.mustGoSingly { return try commitSingly(consumer, now) }
        guard case .transactions(let producer) = path else { return try commitPlainly(consumer.member, now) }
        guard let bundle = try prepare(now) else { return }
        let member = consumer.member
        bundle.ticket = try producer.submit(
            transaction(bundle),
            group: { () throws(KafkaError) in try member.metadata() },
            isCommitted: settlement(bundle, member)
        )
        inFlight = bundle
    }

    /// At least once: what is written without being committed is written again, and must be the same again. So what is
    /// over is decided on a state that is committed, time included, before anything more is read; a restart decides there too.
    func commitPlainly(_ member: GroupMember, _ now: Int64) throws {
        if let bundle = try prepare(now) {
            guard case .committed = try run(bundle, member) else { return }
        }
        settle(partitions.values.filter { !$0.isRestoring && !retries.isQuarantined($0.place) }, now)
    }

    /// Everything that is ready; nil where nothing has changed.
    func prepare(_ now: Int64, only: Set<TopicPartition>? = nil) throws -> CommitBundle? {
        sequence += 1
        let token = CommitToken(writer: writer, sequence: sequence)
        var parts: [CommitBundle.Part] = []
        // a restart that is not through yet has nothing new to say
        let ready = partitions.values.filter { partition in
            !partition.isRestoring && (only?.contains(partition.place) ?? !retries.isQuarantined(partition.place))
        }
        for partition in ready { partition.pass(now: now) }
        if settings.isExactlyOnce { settle(ready, now) }
        writeBrokenExamples(ready)
        for partition in ready.sorted(by: { $0.place < $1.place }) {
            guard try place(spilledBy: partition) else { continue }
            if let failure = partition.failure { throw failure }
            // at least once: what ends by now must end again after a restart, so the time must be committed before
            guard !partition.pending.isEmpty || partition.hasChanged || (!settings.isExactlyOnce && partition.isDue)
            else { continue }
            var checkpoint = partition.checkpoint()
            checkpoint.token = token
            let part = CommitBundle.Part(
                partition: partition,
                output: partition.pending,
                checkpoint: checkpoint,
                purgesBelow: partition.purgesBelow
            )
            parts.append(part)
            partition.pending = PendingOutput()
        }
        return parts.isEmpty ? nil : CommitBundle(parts, token: token, since: now)
    }

    /// Ends what is over in partitions, side by side; batches are rendered there.
    private func settle(_ partitions: [any StreamPartition], _ now: Int64) {
        let all = Unshared(partitions)
        let turn = Turn()
        inParallel(partitions.count, threads: topology.threads) { unsafe all.value[$0].settle(now: now, in: turn) }
    }

    /// Writes what a partition has spilled, in a transaction of its own: the checkpoint must say where it stands.
    ///
    /// - Returns: false where it could not be written; then the partition waits for the next commit.
    private func place(spilledBy partition: any StreamPartition) throws -> Bool {
        let records = partition.spill()
        guard !records.isEmpty else { return true }
        let written = Mutex<[Delivery]>([])
        let transaction = Transaction(records) { deliveries in
            written.withLock { $0 = deliveries }
            return []
        }
        let outcome = try path.run(transaction, nil, within: transactionPatience)
        guard case .committed = outcome else {
            log.warning(
                "open threads could not be spilled; the next commit tries again",
                ["partition": .init(partition.place)]
            )
            return false
        }
        Faults.point("mid-spill")
        for delivery in written.withLock({ $0 }) {
            partition.placed(delivery)
            status.spills += 1
        }
        return true
    }

    func transaction(_ bundle: CommitBundle) -> Transaction {
        bundle.transaction(group: settings.appID, checkpointsTopic: settings.checkpointsTopic)
    }

    /// Milliseconds that the question for what is committed may take; it is asked again.
    static let settlementCall: Int32 = 5000

    /// Whether the group's committed offsets are those of the bundle; nil: others have committed since.
    func settlement(_ bundle: CommitBundle, _ member: GroupMember) -> @Sendable () throws(KafkaError) -> Bool? {
        let places = bundle.partitions
        let token = bundle.token
        let reader = store
        return { () throws(KafkaError) in
            for place in try member.committed(places, milliseconds: Self.settlementCall) {
                if let error = place.error { throw error }
                if try reader.token(of: place) == token { return true }
            }
            return false
        }
    }

    /// Looks at the transaction under way; what it has become is acted on.
    ///
    /// - Throws: ``SessionEnd`` where it does not end: librdkafka may keep a call for ever (its issues 5456 and 5511).
    func settleInFlight(_ member: GroupMember) throws {
        guard let bundle = inFlight,
            SystemClock.uptime >= bundle.begun + transactionPatience || bundle.ticket?.outcome != nil
        else { return }
        try awaitInFlight(member)
    }

    /// Waits for the transaction under way.
    ///
    /// - Throws: ``SessionEnd`` where it does not end: its fate is not known, and nothing may change hands.
    func awaitInFlight(_ member: GroupMember) throws {
        guard let bundle = inFlight else { return }
        let left = max(0, bundle.begun + transactionPatience - SystemClock.uptime)
        guard let result = bundle.ticket?.wait(milliseconds: Int(left)) else {
            throw SessionEnd.lost("a transaction has not ended after \(transactionPatience) ms")
        }
        inFlight = nil
        try finish(bundle, result.get(), member)
    }

    /// Acts on what has become of a transaction.
    func finish(_ bundle: CommitBundle, _ outcome: TransactionOutcome, _ member: GroupMember) throws {
        trace(bundle, outcome)
        switch outcome {
        case .committed:
            bundle.confirm()
            membership.accepted()
            recovery.worked()
            if isEmbedded, settings.isExactlyOnce { try member.commit(bundle.places.all) }
            retries.succeed()
            for part in bundle.parts {
                counts.add(part.output.counts)
                notices.add(part.output.notices)
                for (place, offset) in part.output.exampleOffsets { tables.forgetBroken(place, below: offset) }
            }
            status.noteCommit(milliseconds: clock.milliseconds - bundle.since)
            publish(committed: bundle)
            log.debug("committed", ["token": .init(bundle.token), "partitions": .init(bundle.parts.count)])
            for part in bundle.parts {
                guard let below = part.purgesBelow else { continue }
                purges.note(part.partition.place, below: below)
            }
            purge()
        case .notMember:
            bundle.giveBack()
            membership.refused(at: SystemClock.uptime)
            log.info("not committed: the group is being rebalanced; the same goes into the next transaction")
        case .aborted(let error, let record):
            bundle.giveBack()
            retries.fail(error)
            if error.isOfGroup { membership.refused(at: SystemClock.uptime) }
            log.warning(
                "not committed; the same goes into the next transaction",
                ["problem": .init(error), "in_a_row": .init(retries.inARow)]
            )
            if error.isTooLarge, let record { replace(record, of: bundle) }
        }
    }

    /// Commits some partitions that need it before they go on, and waits for it.
    ///
    /// - Returns: whether what they are now is committed; else they still need it.
    func commitAlone(_ places: Set<TopicPartition>, _ member: GroupMember) throws -> Bool {
        try awaitInFlight(member)
        if let bundle = try prepare(clock.milliseconds, only: places) { try run(bundle, member) }
        for place in places {
            guard let partition = partitions[place], partition.pending.isEmpty, !partition.hasChanged else {
                return false
            }
            partition.needsCommit = false
        }
        return true
    }

    /// Runs a transaction here and now, and acts on what has become of it.
    @discardableResult
    func run(_ bundle: CommitBundle, _ member: GroupMember) throws -> TransactionOutcome {
        let outcome: TransactionOutcome
        do throws(KafkaError) {
            outcome = try path.run(
                transaction(bundle),
                member,
                within: transactionPatience,
                isCommitted: settlement(bundle, member)
            )
        } catch {
            // partitions that stay must not commit past it
            bundle.giveBack()
            throw error
        }
        try finish(bundle, outcome, member)
        return outcome
    }

    /// One bad partition must not hold up the others: each in a transaction of its own, and the culprit stands aside.
    private func commitSingly(_ consumer: borrowing Consumer, _ now: Int64) throws {
        let member = consumer.member
        for place in partitions.keys.sorted() where !retries.isQuarantined(place) {
            guard let bundle = try prepare(now, only: [place]) else { continue }
            let outcome = try run(bundle, member)
            if case .aborted(let error, _) = outcome, !error.isOfGroup {
                retries.quarantine(place)
                try consumer.pause([place])
                log.error(
                    "a partition cannot be committed and stands aside; the others go on: see the problem, then start again",
                    ["partition": .init(place), "problem": .init(error)]
                )
            }
        }
        retries.haveGoneSingly()
    }

    /// Deletes what no restart reads any more, in the background: it may take its time and may fail.
    private func purge() {
        let due = purges.due(clock.milliseconds)
        guard !isEmbedded, !due.isEmpty else { return }
        let client = client
        let log = log
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

    /// Puts a reference in the place of a record that no broker takes.
    private func replace(_ index: Int, of bundle: CommitBundle) {
        var start = 0
        for part in bundle.parts {
            let end = start + part.output.records.count
            defer { start = end }
            guard index >= start, index < end else { continue }
            // it was given back to the front of what is pending
            let record = part.output.records[index - start]
            part.partition.pending.replace(index - start, by: services.output.record(inPlaceOf: record))
            return
        }
    }
}
