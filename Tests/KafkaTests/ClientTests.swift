import EmbeddedKafka
import Foundation
import Kafka
import KafkaTestSupport
import Synchronization
import Testing

/// The client against the embedded broker.
@Suite(.waits) struct ClientTests {
    /// Takes every assignment from its beginning and notes what happens.
    final class Handler: RebalanceHandler, @unchecked Sendable {
        private let events = Mutex<[String]>([])
        var seen: [String] { events.withLock { $0 } }

        func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError)
            -> [PartitionOffset]
        {
            events.withLock { $0.append("assigned \(partitions.count)") }
            let committed = try context.committed(partitions)
            return committed.map { PartitionOffset($0.partition, $0.offset == .unknown ? .beginning : $0.offset) }
        }

        func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext) {
            events.withLock { $0.append("revoked \(partitions.count) \(lost)") }
        }
    }

    private func group(_ cluster: MockCluster, _ name: String) -> ClientConfiguration {
        var configuration = cluster.configuration
        configuration[.groupID] = name
        configuration[.autoCommit] = false
        configuration[.offsetReset] = "error"
        configuration[.partitionEnd] = true
        configuration[.assignmentStrategy] = "cooperative-sticky"
        configuration[.sessionTimeout] = 6000
        return configuration
    }

    struct Read: Equatable {
        let key: [UInt8]?
        let value: [UInt8]?
        let headers: [RecordHeader]
        let timestamp: Int64
    }

    private func read(_ count: Int, _ consumer: borrowing Consumer) throws -> [Read] {
        var batch = RecordBatch(capacity: 100)
        var found: [Read] = []
        let deadline = Date.patience
        while found.count < count, Date() < deadline {
            try consumer.poll(into: &batch, milliseconds: 200)
            batch.forEach { record in
                found.append(
                    Read(
                        key: bytes(record.key),
                        value: bytes(record.value),
                        headers: record.headers,
                        timestamp: record.timestamp
                    )
                )
            }
        }
        return found
    }

    private func bytes(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }

    @Test func whatIsWrittenIsRead() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t")
        let producer = try Producer(cluster.configuration)
        let headers = [RecordHeader("a", "1"), RecordHeader("a", nil), RecordHeader("b", [0xFF])]
        let first = try await producer.send(topic: "t", key: [1], value: [2, 3], headers: headers, timestamp: 1234)
        let second = try await producer.send(topic: "t", key: nil, value: nil, timestamp: 5)
        let third = try await producer.send(topic: "t", key: [], value: [], timestamp: 6)
        #expect([first.offset, second.offset, third.offset] == [0, 1, 2])
        let consumer = try Consumer(group(cluster, "g"))
        try consumer.assign([PartitionOffset(TopicPartition("t", 0), .beginning)])
        let found = try read(3, consumer)
        #expect(found.map(\.key) == [[1], nil, []])
        #expect(found.map(\.value) == [[2, 3], nil, []])
        #expect(found.first?.headers == headers)
        #expect(found.map(\.timestamp) == [1234, 5, 6])
        #expect(try consumer.watermarks(TopicPartition("t", 0)).high == 3)
        #expect(try consumer.position([TopicPartition("t", 0)]).first?.offset == .at(3))
        #expect(producer.counts.delivered == 3)
    }

    @Test func aFullQueueWaitsAndNothingIsDropped() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t")
        cluster.setRoundTripTime(1, milliseconds: 5)
        var configuration = cluster.configuration
        configuration[.queuedMessages] = 50
        configuration[.linger] = 0
        let producer = try Producer(configuration)
        for index in 0..<2000 { try producer.enqueue(topic: "t", key: nil, value: Array("\(index)".utf8)) }
        try producer.close(milliseconds: 300_000)
        #expect(producer.counts.delivered == 2000)
        #expect(producer.counts.failed == 0)
        #expect(producer.counts.inFlight == 0)
    }

    @Test func offsetsAreCommittedWithTheirMetadata() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 2)
        let consumer = try Consumer(group(cluster, "g"))
        let place = TopicPartition("t", 1)
        try consumer.commit([PartitionOffset(place, .at(7), metadata: "open: 3, 5 – ü")])
        let committed = try consumer.committed([place, TopicPartition("t", 0)])
        #expect(committed.first?.offset == .at(7))
        #expect(committed.first?.metadata == "open: 3, 5 – ü")
        #expect(committed.last?.offset == .unknown)
    }

    @Test func partitionsMoveBetweenTheMembersOfAGroup() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 4)
        let handlers = [Handler(), Handler()]
        let first = try Consumer(group(cluster, "g"))
        try first.subscribe(["t"], handlers[0])
        var batch = RecordBatch()
        func until(_ done: () -> Bool, _ poll: () throws -> Void) throws {
            let end = Date.patience
            while !done(), Date() < end { try poll() }
        }
        try until({ handlers[0].seen.contains("assigned 4") }) { try first.poll(into: &batch, milliseconds: 100) }
        #expect(handlers[0].seen.first == "assigned 4")
        let second = try Consumer(group(cluster, "g"))
        try second.subscribe(["t"], handlers[1])
        var other = RecordBatch()
        try until({ handlers[1].seen.contains("assigned 2") }) {
            try first.poll(into: &batch, milliseconds: 50)
            try second.poll(into: &other, milliseconds: 50)
        }
        #expect(handlers[0].seen.contains("revoked 2 false"))
        #expect(handlers[1].seen.contains("assigned 2"))
        try second.close()
        #expect(handlers[1].seen.last == "revoked 2 false")
        let before = handlers[0].seen.count
        try until({ handlers[0].seen.count > before }) { try first.poll(into: &batch, milliseconds: 50) }
        try first.close()
    }

    @Test func theEndOfAPartitionIsTold() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t")
        let consumer = try Consumer(group(cluster, "g"))
        try consumer.assign([PartitionOffset(TopicPartition("t", 0), .beginning)])
        var batch = RecordBatch()
        let deadline = Date.patience
        while batch.ends.isEmpty, Date() < deadline { try consumer.poll(into: &batch, milliseconds: 100) }
        #expect(batch.ends.first?.offset == .at(0))
    }

    @Test func aPausedPartitionGivesNothingUntilItIsResumed() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t")
        let producer = try Producer(cluster.configuration)
        _ = try await producer.send(topic: "t", key: nil, value: [1])
        let consumer = try Consumer(group(cluster, "g"))
        let place = TopicPartition("t", 0)
        try consumer.assign([PartitionOffset(place, .beginning)])
        try consumer.pause([place])
        var batch = RecordBatch()
        for _ in 0..<5 {
            try consumer.poll(into: &batch, milliseconds: 100)
            #expect(batch.count == 0)
        }
        try consumer.resume([place])
        #expect(try read(1, consumer).count == 1)
    }

    @Test func anInjectedErrorIsRetriedAndNothingIsLost() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t")
        // NOT_LEADER_FOR_PARTITION and REQUEST_TIMED_OUT, to Produce
        cluster.failRequests(api: 0, with: [6, 7, 6])
        let producer = try Producer(cluster.configuration)
        let delivery = try await producer.send(topic: "t", key: nil, value: [1])
        #expect(delivery.offset >= 0)
    }

    @Test func aBrokerThatIsNotThereIsNamedInTheError() throws {
        var configuration = ClientConfiguration(brokers: "127.0.0.1:1")
        configuration[property: "socket.timeout.ms"] = "1000"
        let admin = try Admin(configuration, milliseconds: 1500)
        do throws(KafkaError) {
            _ = try admin.topics()
            Issue.record("there is no broker")
        } catch {
            #expect(error.operation == "list topics")
            #expect(error.recovery == .retry)
            #expect(error.description.contains("list topics"))
        }
    }

    @Test func anUnknownTopicIsToldApart() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 3)
        let admin = try Admin(cluster.configuration)
        #expect(try admin.topics("t").first?.partitions == 3)
    }

    @Test func aBadPropertyIsRefusedByName() {
        var configuration = ClientConfiguration(brokers: "localhost:1")
        configuration[property: "no.such.property"] = "1"
        do throws(KafkaError) {
            _ = try Producer(configuration)
            Issue.record("it was accepted")
        } catch {
            #expect(error.message.contains("no.such.property"))
        }
    }

    @Test func secretsAreNeverShown() {
        var configuration = ClientConfiguration(brokers: "b:1")
        configuration[property: "sasl.password"] = "hunter2"
        configuration[property: "ssl.key.pem"] = "PRIVATE"
        #expect(!configuration.redactedDescription.contains("hunter2"))
        #expect(!configuration.redactedDescription.contains("PRIVATE"))
        #expect(configuration.redactedDescription.contains("bootstrap.servers=b:1"))
        #expect(configuration[.brokers] == "b:1")
    }
}
