import Foundation
import Kafka
import KafkaTestSupport
import Synchronization
import Testing

/// Transactions on a real broker: what the embedded one cannot show.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RealTransactionTests {
    private let kafka: RealKafka
    private let configuration: ClientConfiguration
    private let place = TopicPartition("in", 0)

    init() throws { try self.init(RealKafka.reused()) }

    private init(_ kafka: RealKafka) throws {
        self.kafka = kafka
        configuration = ClientConfiguration(brokers: kafka.brokers)
        let admin = try Admin(configuration)
        for topic in ["in", "out"] {
            try admin.createTopic(topic, partitions: 1)
            try admin.awaitLeaders(of: topic)
        }
    }

    private func producer(_ id: String = "app-1", timeout: Int = 10_000) throws -> TransactionalProducer {
        var configuration = configuration
        configuration[.linger] = 0
        configuration[.transactionTimeout] = timeout
        let producer = try TransactionalProducer(configuration, transactionalID: id)
        try producer.initialize()
        return producer
    }

    private func record(_ text: String, reportsOffset: Bool = false) -> OutgoingRecord {
        OutgoingRecord(topic: "out", key: nil, value: Array(text.utf8), reportsOffset: reportsOffset)
    }

    /// Writes records and commits `in[0]` at an offset, with metadata.
    private func run(
        _ producer: TransactionalProducer,
        _ group: GroupFixture,
        _ records: [OutgoingRecord],
        at offset: Int64,
        metadata: String = ""
    ) throws -> TransactionOutcome {
        let (member, place) = (group.member, place)
        let transaction = Transaction(records) { _ in [PartitionOffset(place, .at(offset), metadata: metadata)] }
        return try producer.run(transaction) { () throws(KafkaError) in
            try member.metadata()
        } isCommitted: {
            () throws(KafkaError) in
            try member.committed([place]).first?.metadata == metadata
        }
    }

    /// What a reader of committed records finds on `out`, up to the end.
    private func committedRecords() throws -> [String] {
        var configuration = configuration.with(group: "reader")
        configuration[.isolationLevel] = "read_committed"
        configuration[.partitionEnd] = true
        let consumer = try Consumer(configuration)
        try consumer.assign([PartitionOffset(TopicPartition("out", 0), .beginning)])
        var batch = RecordBatch()
        var found: [String] = []
        let deadline = Date.patience
        repeat {
            try consumer.poll(into: &batch, milliseconds: 100)
            batch.forEach { record in
                if let value = record.value {
                    found.append(unsafe value.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
                }
            }
        } while batch.ends.isEmpty && Date() < deadline
        return found
    }

    @Test func whatIsCommittedIsThereWithItsOffsetsAndWhatIsAbortedIsNot() throws {
        let group = try GroupFixture(configuration)
        let producer = try producer()
        #expect(try run(producer, group, [record("a"), record("b")], at: 3, metadata: "one") == .committed)
        #expect(try group.member.committed([place]).first?.offset == .at(3))
        #expect(try group.member.committed([place]).first?.metadata == "one")
        // too much metadata is refused when the records are written already
        let outcome = try run(producer, group, [record("c")], at: 4, metadata: String(repeating: "m", count: 4097))
        guard case .aborted(let error, let index) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.code == 12, "\(error)")
        #expect(index == nil)
        #expect(try committedRecords() == ["a", "b"])
        #expect(try group.member.committed([place]).first?.metadata == "one")
        let most = String(repeating: "m", count: 4096)
        #expect(try run(producer, group, [record("d")], at: 4, metadata: most) == .committed)
        #expect(try group.member.committed([place]).first?.metadata == most)
        #expect(try committedRecords() == ["a", "b", "d"])
        #expect(producer.counts.aborts == ["OFFSET_METADATA_TOO_LARGE": 1])
    }

    @Test func offsetsOfWrittenRecordsCanBeCommittedWithThem() throws {
        let producer = try producer()
        let group = try GroupFixture(configuration)
        let (member, place) = (group.member, place)
        let transaction = Transaction([record("a"), record("pointer", reportsOffset: true)]) { deliveries in
            [PartitionOffset(place, .at(1), metadata: "at \(deliveries.map(\.offset))")]
        }
        let outcome = try producer.run(transaction) { () throws(KafkaError) in
            try member.metadata()
        } isCommitted: {
            () throws(KafkaError) in
            false
        }
        #expect(outcome == .committed)
        #expect(try member.committed([place]).first?.metadata == "at [1]")
    }

    @Test func whoUsesTheSameIdLaterFencesTheFirstWhichComesBackAndIsStoppedWhenItGoesOnSo() throws {
        let group = try GroupFixture(configuration)
        let first = try producer()
        #expect(try run(first, group, [record("a")], at: 1, metadata: "1") == .committed)
        let twin = try producer()
        #expect(try run(twin, group, [record("b")], at: 2, metadata: "2") == .committed)
        // fenced: nothing of it is there, and a new instance has fenced the twin
        let outcome = try run(first, group, [record("c")], at: 3, metadata: "3")
        guard case .aborted = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(first.counts.rebuilt == 1)
        #expect(try run(first, group, [record("c")], at: 3, metadata: "3") == .committed)
        #expect(try committedRecords() == ["a", "b", "c"])
        // two that fence each other again and again
        var end: KafkaError?
        for _ in 0..<10 where end == nil {
            do {
                _ = try run(twin, group, [record("t")], at: 9)
                _ = try run(first, group, [record("f")], at: 9)
            } catch let error as KafkaError {
                end = error
            }
        }
        #expect(end?.recovery == .recreateClient)
        #expect(end?.message.contains("in use elsewhere?") == true)
    }

    @Test func aTransactionThatOutlivesItsTimeoutLeavesNothing() throws {
        let group = try GroupFixture(configuration)
        let producer = try producer(timeout: 2000)
        let (member, place) = (group.member, place)
        let isFirst = Mutex(true)
        let transaction = Transaction([record("late", reportsOffset: true)]) { _ in
            // the broker aborts what is older than its timeout
            let sleeps = isFirst.withLock { value in
                defer { value = false }
                return value
            }
            if sleeps { Thread.sleep(forTimeInterval: 5) }
            return [PartitionOffset(place, .at(5), metadata: "late")]
        }
        func run() throws -> TransactionOutcome {
            try producer.run(transaction) { () throws(KafkaError) in
                try member.metadata()
            } isCommitted: {
                () throws(KafkaError) in
                try member.committed([place]).first?.metadata == "late"
            }
        }
        let outcome = try run()
        guard case .aborted = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(try committedRecords() == [])
        #expect(producer.counts.rebuilt == 1)
        #expect(try run() == .committed)
        #expect(try committedRecords() == ["late"])
    }

    @Test func whatAnEarlierLifeLeftOpenIsAbortedBeforeTheNextBegins() throws {
        let group = try GroupFixture(configuration)
        let gate = DispatchSemaphore(value: 0)
        let isOpen = Mutex(false)
        let first = try producer(timeout: 60_000)
        let transaction = Transaction([record("open", reportsOffset: true)]) { _ in
            isOpen.withLock { $0 = true }
            gate.wait()
            return []
        }
        let ticket = try first.submit(transaction, group: nil) { () throws(KafkaError) in false }
        #expect(eventually { isOpen.withLock { $0 } })
        // a restart with the same id, as after a crash
        let second = try producer(timeout: 60_000)
        #expect(try run(second, group, [record("next")], at: 1, metadata: "1") == .committed)
        #expect(try committedRecords() == ["next"])
        gate.signal()
        let outcome = try ticket.wait(milliseconds: 300_000)?.get()
        #expect(outcome != .committed && outcome != nil, "\(outcome.debugDescription)")
        #expect(try committedRecords() == ["next"])
    }

    @Test func aBrokerThatCrashesWhileCommittingLosesAndDoublesNothing() throws {
        try RealTransactionTests(RealKafka()).brokerCrashes()
    }

    private func brokerCrashes() throws {
        let group = try GroupFixture(configuration)
        let producer = try producer(timeout: 20_000)
        let (member, place, kafka) = (group.member, place, kafka)
        #expect(try run(producer, group, [record("a")], at: 1, metadata: "1") == .committed)
        let failure = Mutex<String?>(nil)
        let transaction = Transaction([record("b", reportsOffset: true)]) { _ in
            [PartitionOffset(place, .at(2), metadata: "2")]
        }
        let crash = Thread {
            do {
                try kafka.crash()
                Thread.sleep(forTimeInterval: 1)
                try kafka.restart()
            } catch {
                failure.withLock { $0 = "\(error)" }
            }
        }
        crash.start()
        var outcome = TransactionOutcome.notMember
        let deadline = Date.patience
        while outcome != .committed, Date() < deadline {
            try? group.poll()
            outcome = try producer.run(transaction) { () throws(KafkaError) in
                try member.metadata()
            } isCommitted: {
                () throws(KafkaError) in
                try member.committed([place]).first?.metadata == "2"
            }
        }
        #expect(eventually { crash.isFinished })
        #expect(failure.withLock { $0 } == nil)
        #expect(outcome == .committed)
        #expect(try committedRecords() == ["a", "b"])
        #expect(try member.committed([place]).first?.offset == .at(2))
        // its connection to the coordinator has dropped: a new instance takes over, whenever we are a member again
        outcome = .notMember
        while outcome != .committed, Date() < deadline {
            try? group.poll()
            outcome = try self.run(producer, group, [record("c")], at: 3, metadata: "3")
        }
        #expect(outcome == .committed)
        #expect(try committedRecords() == ["a", "b", "c"])
        #expect(producer.counts.recycled + producer.counts.rebuilt >= 1, "\(producer.counts)")
    }
}
