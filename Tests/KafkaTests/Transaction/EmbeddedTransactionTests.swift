import Dispatch
import EmbeddedKafka
import Foundation
import Kafka
import KafkaTestSupport
import Synchronization
import Testing

/// The transactional producer against the embedded broker's injected errors.
@Suite(.waits) struct EmbeddedTransactionTests {
    private static let endTransaction: Int16 = 26
    private static let transactionOffsetCommit: Int16 = 28
    private static let initProducerID: Int16 = 22
    private static let place = PartitionOffset(TopicPartition("in", 0), .at(7), metadata: "token")

    private let cluster: MockCluster

    init() throws {
        cluster = try MockCluster()
        try cluster.createTopic("in")
        try cluster.createTopic("out")
    }

    private func producer(_ change: (inout ClientConfiguration) -> Void = { _ in }) throws -> TransactionalProducer {
        var configuration = cluster.configuration
        configuration[.linger] = 0
        configuration[.transactionTimeout] = 10_000
        change(&configuration)
        return try TransactionalProducer(configuration, transactionalID: "app-1")
    }

    private func record(_ bytes: Int = 3, reportsOffset: Bool = false) -> OutgoingRecord {
        OutgoingRecord(
            topic: "out",
            key: [1],
            value: [UInt8](repeating: 2, count: bytes),
            headers: [RecordHeader("h", "v")],
            reportsOffset: reportsOffset
        )
    }

    private func run(_ producer: TransactionalProducer, _ records: [OutgoingRecord], isCommitted: Bool? = false) throws
        -> TransactionOutcome
    { try producer.run(Transaction(records), group: nil) { () throws(KafkaError) in isCommitted } }

    private func code(_ outcome: TransactionOutcome) -> Int32? {
        if case .aborted(let error, _) = outcome { error.code.rawValue } else { nil }
    }

    @Test func offsetsAreAskedForWithTheDeliveriesInOrderWhenTheyAreWritten() throws {
        let producer = try producer()
        try producer.initialize()
        let seen = Mutex<[Delivery]>([])
        let records = [record(), record(reportsOffset: true), record(), record(reportsOffset: true)]
        let transaction = Transaction(records) { deliveries in
            seen.withLock { $0 = deliveries }
            return []
        }
        #expect(try producer.run(transaction, group: nil) { () throws(KafkaError) in false } == .committed)
        #expect(seen.withLock { $0.map(\.offset) } == [1, 3])
        #expect(producer.counts.commits == 1)
    }

    /// librdkafka would wait for its coordinator as long as it may: nothing would say that the output stands still.
    @Test func aCommitWithoutACoordinatorIsGivenUpAndSettledByANewInstance() throws {
        let producer = try producer { $0[.transactionTimeout] = 3000 }
        try producer.initialize()
        let cluster = cluster
        let transaction = Transaction([record(reportsOffset: true)]) { _ in
            cluster.stopBroker(1)
            DispatchQueue.global().asyncAfter(deadline: .now() + 8) { cluster.startBroker(1) }
            return []
        }
        let outcome = try producer.run(transaction, group: nil) { () throws(KafkaError) in false }
        guard case .aborted = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(producer.counts.inDoubt == 1)
        #expect(try run(producer, [record()]) == .committed)
    }

    @Test func refusedOffsetsAreAbortedAndTheSameTransactionIsRunAgain() throws {
        let group = try GroupFixture(cluster.configuration)
        #expect(try group.member.metadata()?.group == "g")
        #expect(try (group.member.metadata()?.generation ?? -1) >= 0)
        let producer = try producer()
        try producer.initialize()
        let transaction = Transaction([record()]) { _ in [Self.place] }
        func run() throws -> TransactionOutcome {
            try producer.run(transaction) { () throws(KafkaError) in
                try group.member.metadata()
            } isCommitted: {
                () throws(KafkaError) in
                false
            }
        }
        #expect(try run() == .committed)
        // ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, OFFSET_METADATA_TOO_LARGE,
        // INVALID_COMMIT_OFFSET_SIZE, REBALANCE_IN_PROGRESS, GROUP_AUTHORIZATION_FAILED
        for refusal: Int32 in [22, 25, 82, 12, 28, 27, 30] {
            cluster.failRequests(api: Self.transactionOffsetCommit, with: [refusal])
            let outcome = try run()
            #expect(code(outcome) == refusal, "\(outcome)")
            #expect(try run() == .committed)
        }
        // coordinator errors are retried inside
        for passing: Int32 in [14, 16] {
            cluster.failRequests(api: Self.transactionOffsetCommit, with: [passing])
            #expect(try run() == .committed)
        }
        #expect(producer.counts.commits == 10)
        #expect(producer.counts.aborts.values.reduce(0, +) == 7)
        #expect(producer.counts.aborts["ILLEGAL_GENERATION"] == 1)
        #expect(producer.counts.rebuilt == 0)
    }

    @Test func whoIsNoMemberWritesNothing() throws {
        let producer = try producer()
        try producer.initialize()
        let transaction = Transaction([record()]) { _ in [Self.place] }
        let outcome = try producer.run(transaction) { () throws(KafkaError) in
            nil
        } isCommitted: {
            () throws(KafkaError) in
            false
        }
        #expect(outcome == .notMember)
        #expect(producer.counts.notMember == 1)
        #expect(try run(producer, [record()]) == .committed)
    }

    @Test(arguments: [Int32(14), 15, 16, 51])
    func errorsOfTheCoordinatorPassWhileCommitting(_ error: Int32) throws {
        let producer = try producer()
        try producer.initialize()
        cluster.failRequests(api: Self.endTransaction, with: [error])
        #expect(try run(producer, [record()]) == .committed)
    }

    @Test(arguments: [Int32(59), 49])
    func aCommitThatIsRefusedIsAbortedAndANewInstanceFollows(_ refusal: Int32) throws {
        let producer = try producer()
        try producer.initialize()
        cluster.failRequests(api: Self.endTransaction, with: [refusal])
        let outcome = try run(producer, [record()])
        #expect(code(outcome) == refusal, "\(outcome)")
        #expect(try run(producer, [record()]) == .committed)
        #expect(producer.counts.recycled == 1)
        #expect(producer.counts.rebuilt == 0)
    }

    @Test(arguments: [Int32(90), 47, 53])
    func whatAFencedCommitHasDoneIsAskedOfTheOffsets(_ fence: Int32) throws {
        let producer = try producer()
        try producer.initialize()
        cluster.failRequests(api: Self.endTransaction, with: [fence])
        #expect(try run(producer, [record()], isCommitted: true) == .committed)
        #expect(producer.counts.inDoubt == 1)
        #expect(producer.counts.rebuilt == 1)
        cluster.failRequests(api: Self.endTransaction, with: [fence])
        let outcome = try run(producer, [record()], isCommitted: false)
        #expect(code(outcome) != nil, "\(outcome)")
        cluster.failRequests(api: Self.endTransaction, with: [fence])
        #expect(try run(producer, [record()], isCommitted: nil) == .notMember)
        #expect(try run(producer, [record()]) == .committed)
        cluster.failRequests(api: Self.endTransaction, with: [fence])
        do throws(KafkaError) {
            _ = try producer.run(Transaction([record()]), group: nil) { () throws(KafkaError) in false }
            Issue.record("a fourth new instance within ten minutes")
        } catch {
            #expect(error.recovery == .recreateClient)
            #expect(error.message.contains("in use elsewhere?"))
        }
        #expect(producer.counts.rebuilt == 3)
    }

    @Test func aDroppedConnectionToTheCoordinatorIsFollowedByANewInstance() throws {
        let producer = try producer()
        try producer.initialize()
        #expect(try run(producer, [record()]) == .committed)
        #expect(try run(producer, [record()]) == .committed)
        #expect(producer.counts.recycled == 0)
        // _TRANSPORT: the broker closes the connection instead of an answer
        cluster.failRequests(api: Self.endTransaction, with: [-195])
        #expect(try run(producer, [record()]) == .committed)
        #expect(try run(producer, [record()]) == .committed)
        #expect(producer.counts.recycled == 1)
    }

    @Test func anInstanceInDoubtCanBeReplacedWithoutATransaction() throws {
        let producer = try producer()
        try producer.initialize()
        #expect(try run(producer, [record()]) == .committed)
        #expect(!producer.isUnsure)
        cluster.failRequests(api: Self.endTransaction, with: [-195])
        #expect(try run(producer, [record()]) == .committed)
        #expect(producer.isUnsure)
        #expect(try producer.renew().wait(milliseconds: 300_000)?.get() == .committed)
        #expect(!producer.isUnsure)
        #expect(producer.counts.recycled == 1)
        #expect(try run(producer, [record()]) == .committed)
        #expect(producer.counts.recycled == 1)
    }

    @Test func aBrokerThatIsAwayDuringTheCommitLeavesNoDoubtInTheEnd() throws {
        let cluster = cluster
        let producer = try producer()
        try producer.initialize()
        let isDown = Mutex(false)
        let transaction = Transaction([record(reportsOffset: true)]) { _ in
            cluster.stopBroker(1)
            isDown.withLock { $0 = true }
            return []
        }
        let ticket = try producer.submit(transaction, group: nil) { () throws(KafkaError) in true }
        #expect(eventually { isDown.withLock { $0 } })
        #expect(ticket.wait(milliseconds: 1500) == nil)
        cluster.startBroker(1)
        #expect(try ticket.wait(milliseconds: 300_000)?.get() == .committed)
        #expect(try run(producer, [record()]) == .committed)
        #expect(producer.counts.recycled + producer.counts.rebuilt >= 1)
    }

    @Test func startingWaitsForTheCoordinatorAndEndsWhereItIsForbidden() throws {
        cluster.failRequests(api: Self.initProducerID, with: [51, 14])
        try producer().initialize()
        cluster.failRequests(api: Self.initProducerID, with: [53])
        let producer = try producer()
        do throws(KafkaError) {
            try producer.initialize()
            Issue.record("it was allowed")
        } catch {
            #expect(error.code == 53)
        }
    }

    @Test func aRecordThatIsTooLargeIsNamed() throws {
        let producer = try producer { $0[.messageMaxBytes] = 2000 }
        try producer.initialize()
        guard case .aborted(let error, let index) = try run(producer, [record(), record(3000), record()]) else {
            Issue.record("it was written")
            return
        }
        #expect(error.isTooLarge)
        #expect(index == 1)
        #expect(try run(producer, [record(), record(30), record()]) == .committed)
        #expect(producer.counts.rebuilt == 0)
    }

    @Test func whereTheBrokerRefusesForSizeTheLargestRecordIsNamed() throws {
        let producer = try producer { $0[.linger] = 200 }
        try producer.initialize()
        cluster.failRequests(api: 0, with: [10])
        guard case .aborted(let error, let index) = try run(producer, [record(), record(9), record(500), record()])
        else {
            Issue.record("it was written")
            return
        }
        #expect(error.isTooLarge)
        #expect(index == 2)
        #expect(try run(producer, [record()]) == .committed)
    }

    @Test func aFullQueueWaitsAndNothingIsDropped() throws {
        let producer = try producer { $0[.queuedMessages] = 20 }
        try producer.initialize()
        let offsets = Mutex<[Int64]>([])
        let transaction = Transaction((0..<500).map { _ in record(reportsOffset: true) }) { deliveries in
            offsets.withLock { $0 = deliveries.map(\.offset) }
            return []
        }
        #expect(try producer.run(transaction, group: nil) { () throws(KafkaError) in false } == .committed)
        #expect(offsets.withLock { $0 } == Array(0..<500))
    }

    @Test func aTransactionRunsWhileItsOwnerGoesOnAndASecondOneIsRefused() throws {
        let producer = try producer()
        try producer.initialize()
        let gate = DispatchSemaphore(value: 0)
        let transaction = Transaction([record()]) { _ in
            gate.wait()
            return []
        }
        let ticket = try producer.submit(transaction, group: nil) { () throws(KafkaError) in false }
        #expect(ticket.outcome == nil)
        do throws(KafkaError) {
            _ = try producer.submit(Transaction([]), group: nil) { () throws(KafkaError) in false }
            Issue.record("two at a time")
        } catch {
            #expect(error.message.contains("under way"))
        }
        gate.signal()
        #expect(try ticket.wait(milliseconds: 300_000)?.get() == .committed)
        #expect(try ticket.outcome?.get() == .committed)
        let next = try producer.submit(Transaction([record()]), group: nil) { () throws(KafkaError) in false }
        #expect(try next.wait(milliseconds: 300_000)?.get() == .committed)
        producer.close()
        #expect(throws: KafkaError.self) { try run(producer, [record()]) }
    }
}

extension ClientConfiguration {
    /// The same for a member of a group.
    func with(group: String) -> ClientConfiguration {
        var configuration = self
        configuration[.groupID] = group
        return configuration
    }
}
