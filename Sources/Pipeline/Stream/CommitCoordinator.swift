internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// Commits what tasks have ready, with the offsets it was derived from: now and then all of it in one transaction on the
/// producer's own thread, and here and now what must be committed before something else may happen.
final class CommitCoordinator {
    let services: StreamServices
    let tasks: TaskManager
    let journal: StreamJournal
    /// Names this life of the process in every commit.
    let writer: UInt32
    /// Nobody waits longer for a transaction, milliseconds: by then the brokers have ended it by themselves.
    let patience: Int64
    private(set) var path: CommitPath
    /// What earlier producers of this process have done.
    private var earlier = TransactionCounts()
    var sequence: UInt64 = 0
    /// The transaction under way.
    private(set) var inFlight: CommitBundle?
    var retries = RetryState()
    var membership: MembershipWatch
    var recovery: SessionRecovery
    var letters: ExampleLetters
    var purges = PurgeSchedule()
    private var lastCommit: Int64 = 0
    /// Records that were read since the last commit began.
    private var recordsRead = 0
    /// What others have committed cannot be read: an earlier request of ours may be why.
    private var isInDoubt = false

    /// - Throws: ``KafkaError`` where no producer can be made.
    init(
        _ services: StreamServices,
        _ tasks: TaskManager,
        _ letters: ExampleLetters,
        _ journal: StreamJournal,
        writer: UInt32,
        sessionTimeout: Int
    ) throws(KafkaError) {
        self.services = services
        self.tasks = tasks
        self.letters = letters
        self.journal = journal
        self.writer = writer
        membership = MembershipWatch(sessionTimeout: sessionTimeout)
        recovery = SessionRecovery(sessionTimeout: sessionTimeout)
        let timeout = services.settings.producing(services.client)[.transactionTimeout] ?? 15_000
        patience = Int64(timeout) + 2000
        path = try CommitPath(services)
    }

    /// What has happened to transactions so far.
    var counts: TransactionCounts { earlier + path.counts }
    /// Milliseconds since the commit under way began; nil: none is.
    var age: Int64? { inFlight.map { services.clock.milliseconds - $0.since } }

    /// A life as a member of the group begins.
    func begin() { lastCommit = services.clock.milliseconds }

    /// Records were read.
    func noteRead(_ records: Int) { recordsRead += records }

    /// What the group has committed cannot be read: what is left of a transaction of ours may be why, so a new producer
    /// ends it.
    func doubt() { if case .transactions = path { isInDoubt = true } }

    /// A partition is ours no longer.
    func leave(_ place: TopicPartition) {
        retries.forget(place)
        letters.leave(place)
    }

    /// Forgets all that was under way: the next life goes on from what is committed.
    func reset() {
        inFlight = nil
        isInDoubt = false
        retries = RetryState()
        letters.reset()
        membership.reset()
    }

    /// Ends the producer; a new one must not begin before, or the two would fence each other. One that is abandoned makes no
    /// further call: where librdkafka keeps it in one, it is left there, and the new one fences what comes of it.
    ///
    /// - Returns: false where it was told to stop meanwhile.
    func release(_ isStopping: () -> Bool) -> Bool {
        path.abandon()
        let until = SystemClock.uptime + 5000
        while SystemClock.uptime < until, !path.close(milliseconds: 500) { if isStopping() { return false } }
        earlier = earlier + path.counts
        return !isStopping()
    }

    /// Makes a new producer in the place of the one that was released.
    func renew() throws(KafkaError) {
        path = try CommitPath(services)
        try path.initialize()
    }

    /// Asks how far broken examples are among the dead letters, where it is for us to know.
    func learnLetters(_ member: GroupMember) { if tasks[letters.writer] != nil { letters.learn(member) } }

    /// Commits what is ready where it is time to, and nothing is under way.
    func commitIfDue(_ consumer: borrowing Consumer) throws {
        let now = services.clock.milliseconds
        let commit = services.settings.commit
        let isDue =
            now - lastCommit >= commit.interval || recordsRead >= commit.maxRecords
            || tasks.active.values.contains(where: \.isNoteOutdated)
        guard inFlight == nil else { return }
        if isInDoubt, case .transactions(let producer) = path { return try renew(producer, now) }
        guard isDue else { return }
        lastCommit = now
        recordsRead = 0
        if retries.mustGoSingly { return try commitSingly(consumer, now) }
        guard case .transactions(let producer) = path else { return try commitPlainly(consumer.member, now) }
        guard let bundle = try prepare(now) else {
            // the next transaction would make a new one, and there is none
            if producer.isUnsure { try renew(producer, now) }
            return
        }
        let member = consumer.member
        bundle.ticket = try producer.submit(
            transaction(bundle),
            group: { () throws(KafkaError) in try member.metadata() },
            isCommitted: settlement(bundle, member)
        )
        inFlight = bundle
    }

    /// A new producer in the place of one whose earlier request is in doubt, while the work goes on.
    private func renew(_ producer: TransactionalProducer, _ now: Int64) throws(KafkaError) {
        isInDoubt = false
        let bundle = CommitBundle([], token: CommitToken(writer: writer, sequence: sequence), since: now)
        bundle.ticket = try producer.renew()
        inFlight = bundle
    }

    /// Commits all that is ready before partitions change hands.
    func commitAll(_ member: GroupMember) throws {
        let now = services.clock.milliseconds
        for task in tasks.active.values where !task.isRestoring { task.prepareToSuspend(now: now) }
        if !services.settings.isExactlyOnce { try commitPlainly(member, now) }
        if let bundle = try prepare(now) { try run(bundle, member) }
    }

    /// Commits some tasks that need it before they go on, and waits for it.
    ///
    /// - Returns: whether what they are now is committed; else they still need it.
    func commitAlone(_ places: Set<TopicPartition>, _ member: GroupMember) throws -> Bool {
        try awaitInFlight(member)
        if let bundle = try prepare(services.clock.milliseconds, only: places) { try run(bundle, member) }
        for place in places {
            guard let task = tasks[place], task.pending.isEmpty, !task.hasChanged else { return false }
            task.needsCommit = false
        }
        return true
    }

    /// At least once: what is written without being committed is written again, and must be the same again. So what is
    /// over is decided on a state that is committed, time included, before anything more is read; a restart decides there too.
    private func commitPlainly(_ member: GroupMember, _ now: Int64) throws {
        if let bundle = try prepare(now) {
            guard case .committed = try run(bundle, member) else { return }
        }
        punctuate(tasks.active.values.filter { !$0.isRestoring && !retries.isQuarantined($0.place) }, now)
    }

    /// One bad partition must not hold up the others: each in a transaction of its own, and the culprit stands aside.
    private func commitSingly(_ consumer: borrowing Consumer, _ now: Int64) throws {
        let member = consumer.member
        for task in tasks.sorted where !retries.isQuarantined(task.place) {
            guard let bundle = try prepare(now, only: [task.place]) else { continue }
            let outcome = try run(bundle, member)
            if case .aborted(let error, _) = outcome, !error.isOfGroup {
                // it is the topic that is not for us, so it will be the same for the others and later
                if error.isNotAllowed { throw error }
                retries.quarantine(task.place)
                try consumer.pause([task.place])
                services.log.error(
                    "a partition cannot be committed and stands aside; the others go on: see the problem, then start again",
                    ["partition": .init(task.place), "problem": .init(error)]
                )
            }
        }
        retries.haveGoneSingly()
    }

    /// Looks at the transaction under way; what it has become is acted on.
    ///
    /// - Throws: ``SessionEnd`` where it does not end: librdkafka may keep a call for ever (its issues 5456 and 5511).
    func settleInFlight(_ member: GroupMember) throws {
        guard let bundle = inFlight,
            SystemClock.uptime >= bundle.begun + patience || bundle.ticket?.outcome != nil
        else { return }
        try awaitInFlight(member)
    }

    /// Waits for the transaction under way.
    ///
    /// - Throws: ``SessionEnd`` where it does not end: its fate is not known, and nothing may change hands.
    func awaitInFlight(_ member: GroupMember) throws {
        guard let bundle = inFlight else { return }
        let left = max(0, bundle.begun + patience - SystemClock.uptime)
        guard let result = bundle.ticket?.wait(milliseconds: Int(left)) else {
            throw SessionEnd.lost("a transaction has not ended after \(patience) ms")
        }
        inFlight = nil
        try finish(bundle, result.get(), member)
    }

    /// The process leaves in an error: a transaction under way may ask the consumer who we are; where it ends by itself, that
    /// counts. Every call that asks the consumer is over after this.
    func abandonInFlight(_ member: GroupMember) {
        if inFlight?.ticket?.wait(milliseconds: 2000) == nil { path.abandon() }
        _ = inFlight?.ticket?.wait(milliseconds: Int(Self.settlementCall) + 1000)
        try? settleInFlight(member)
    }

    /// Runs a transaction here and now, and acts on what has become of it.
    @discardableResult
    private func run(_ bundle: CommitBundle, _ member: GroupMember) throws -> TransactionOutcome {
        let outcome: TransactionOutcome
        do throws(KafkaError) {
            outcome = try path.run(
                transaction(bundle),
                member,
                within: patience,
                isCommitted: settlement(bundle, member)
            )
        } catch {
            // tasks that stay must not commit past it
            bundle.giveBack()
            throw error
        }
        try finish(bundle, outcome, member)
        return outcome
    }

    /// Acts on what has become of a transaction.
    private func finish(_ bundle: CommitBundle, _ outcome: TransactionOutcome, _ member: GroupMember) throws {
        // a new producer, and nothing that was to be committed
        guard !bundle.parts.isEmpty else { return }
        journal.trace(bundle, outcome)
        switch outcome {
        case .committed: try committed(bundle, member)
        case .notMember:
            bundle.giveBack()
            membership.refused(at: SystemClock.uptime)
            services.log.info("not committed: the group is being rebalanced; the same goes into the next transaction")
        case .aborted(let error, let record):
            retries.fail(error)
            if error.isOfGroup { membership.refused(at: SystemClock.uptime) }
            services.log.warning(
                "not committed; the same goes into the next transaction",
                ["problem": .init(error), "in_a_row": .init(retries.inARow)]
            )
            // a reference in the place of a record that no broker takes
            if error.isTooLarge, let record { bundle.replace(record, by: services.output.record(inPlaceOf:)) }
            bundle.giveBack()
        }
    }
}
