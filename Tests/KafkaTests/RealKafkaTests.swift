import Foundation
import Kafka
import KafkaTestSupport
import Testing

/// What only a real broker can show.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RealKafkaTests {
    @Test func topicsAreMadeDescribedChangedAndRemoved() async throws {
        let kafka = try RealKafka.reused()
        let admin = try Admin(ClientConfiguration(brokers: kafka.brokers))
        try admin.createTopic(
            "t",
            partitions: 3,
            configuration: ["retention.ms": "-1", "max.message.bytes": "1000000"]
        )
        try admin.awaitLeaders(of: "t")
        #expect(try admin.topics("t").first?.partitions == 3)
        #expect(try admin.configuration(ofTopic: "t")["max.message.bytes"] == "1000000")
        try admin.setConfiguration(["retention.ms": "-1", "max.message.bytes": "2000000"], ofTopic: "t")
        // the broker hears of its own change a moment later
        for _ in 0..<100 where try admin.configuration(ofTopic: "t")["max.message.bytes"] != "2000000" {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try admin.configuration(ofTopic: "t")["max.message.bytes"] == "2000000")
        do throws(KafkaError) {
            try admin.createTopic("t", partitions: 3)
            Issue.record("it was made twice")
        } catch {
            #expect(error.isTopicAlreadyThere)
        }
        do throws(KafkaError) {
            _ = try admin.topics("other")
            Issue.record("it is not there")
        } catch {
            #expect(error.isUnknownTopic)
        }
        let producer = try Producer(ClientConfiguration(brokers: kafka.brokers))
        for _ in 0..<5 { _ = try await producer.send(topic: "t", partition: 0, key: nil, value: [1], timestamp: 5000) }
        try admin.deleteRecords(before: [PartitionOffset(TopicPartition("t", 0), .at(3))])
        var configuration = ClientConfiguration(brokers: kafka.brokers)
        configuration[.groupID] = "g"
        let consumer = try Consumer(configuration)
        let (low, high) = try consumer.watermarks(TopicPartition("t", 0))
        #expect(low == 3)
        #expect(high == 5)
        #expect(try consumer.offsets([TopicPartition("t", 0)], at: 5000).first?.offset == .at(3))
        try admin.deleteTopic("t")
    }

    @Test func aGroupIsRemovedWithWhatItHasCommittedUnlessItHasMembers() throws {
        let kafka = try RealKafka.reused()
        let configuration = ClientConfiguration(brokers: kafka.brokers)
        let admin = try Admin(configuration)
        try admin.createTopic("in", partitions: 1)
        try admin.awaitLeaders(of: "in")
        // a coordinator that takes its partition over at this moment says so
        #expect(eventually { (try? admin.deleteGroup("g")) != nil })
        let place = TopicPartition("in", 0)
        let first = try GroupFixture(configuration)
        try first.member.commit([PartitionOffset(place, .at(5))])
        #expect(throws: KafkaError.self) { try admin.deleteGroup("g") }
        #expect(try first.member.committed([place]).first?.offset == .at(5))
        try first.leave()
        #expect(eventually { (try? admin.deleteGroup("g")) != nil })
        let second = try GroupFixture(configuration)
        #expect(try second.member.committed([place]).first?.offset == .unknown)
        try second.leave()
    }
}
