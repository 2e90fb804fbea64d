import EmbeddedKafka
import Foundation
import Kafka
import KafkaTestSupport
import Testing

/// Partitions that the group gives are read when their owner is ready for them.
@Suite(.waits) struct LaterAssignmentTests {
    private final class Handler: RebalanceHandler {
        var given: [TopicPartition] = []
        var gone: [TopicPartition] = []
        var takesLater: Bool { true }

        func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError)
            -> [PartitionOffset]
        {
            given += partitions
            return []
        }

        func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext) { gone += partitions }
    }

    private func read(_ consumer: borrowing Consumer, _ count: Int, seconds: Double = 300) throws -> [TopicPartition:
        Int]
    {
        var batch = RecordBatch()
        var found: [TopicPartition: Int] = [:]
        let deadline = Date(timeIntervalSinceNow: seconds)
        while found.values.reduce(0, +) < count, Date() < deadline {
            try consumer.poll(into: &batch, milliseconds: 50)
            batch.forEach { record in found[TopicPartition(record.topic, record.partition), default: 0] += 1 }
        }
        batch.removeAll()
        return found
    }

    private func member(_ cluster: MockCluster, _ strategy: String) throws -> Consumer {
        try cluster.createTopic("in", partitions: 2)
        let producer = try Producer(cluster.configuration)
        for number in 0..<20 {
            try producer.enqueue(topic: "in", partition: Int32(number % 2), key: nil, value: [UInt8(number)])
        }
        try producer.close()
        var configuration = cluster.configuration
        configuration[.groupID] = "g"
        configuration[.autoCommit] = false
        configuration[.offsetReset] = "error"
        configuration[.assignmentStrategy] = strategy
        configuration[.sessionTimeout] = 6000
        return try Consumer(configuration)
    }

    /// One after the other, whatever the group's protocol: nothing is read before, and nothing twice.
    @Test(arguments: ["cooperative-sticky", "range"]) func partitionsAreReadOnceTheyAreTaken(_ strategy: String) throws
    {
        let cluster = try MockCluster()
        let consumer = try member(cluster, strategy)
        let handler = Handler()
        try consumer.subscribe(["in"], handler)
        var batch = RecordBatch()
        let isGiven = try eventually {
            try consumer.poll(into: &batch, milliseconds: 50)
            #expect(batch.count == 0)
            return handler.given.count == 2
        }
        try #require(isGiven)
        #expect(try read(consumer, 1, seconds: 0.5).isEmpty)
        let (first, second) = (TopicPartition("in", 0), TopicPartition("in", 1))
        try consumer.take([PartitionOffset(first, .at(4))])
        #expect(try read(consumer, 6) == [first: 6])
        try consumer.take([PartitionOffset(second, .at(0))])
        #expect(try read(consumer, 10) == [second: 10])
        try consumer.close()
        #expect(Set(handler.gone) == [first, second])
    }

    /// A loss that comes before anything was taken: there is nothing to give up, and nothing to complain of.
    @Test(arguments: ["cooperative-sticky", "range"]) func whatWasNeverTakenIsGivenUpInSilence(_ strategy: String)
        throws
    {
        let cluster = try MockCluster()
        let consumer = try member(cluster, strategy)
        let handler = Handler()
        try consumer.subscribe(["in"], handler)
        var batch = RecordBatch()
        let isGiven = try eventually {
            try consumer.poll(into: &batch, milliseconds: 50)
            return handler.given.count == 2
        }
        try #require(isGiven)
        // Heartbeat: UNKNOWN_MEMBER_ID
        cluster.failRequests(api: 12, with: [25])
        let isBack = try eventually {
            try consumer.poll(into: &batch, milliseconds: 50)
            return handler.gone.count == 2 && handler.given.count == 4
        }
        #expect(isBack)
        try consumer.close()
    }
}
