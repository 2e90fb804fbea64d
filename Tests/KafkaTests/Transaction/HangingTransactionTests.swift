import Foundation
import Kafka
import KafkaTestSupport
import Testing

/// Offsets that a broker has taken up when their transaction was over.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct HangingTransactionTests {
    private let kafka: RealKafka
    private let place = TopicPartition("in", 0)

    init() throws {
        kafka = try RealKafka(["--set", "transaction.partition.verification.enable=false"])
        let admin = try Admin(ClientConfiguration(brokers: kafka.brokers))
        try admin.createTopic("in", partitions: 1)
        try admin.awaitLeaders(of: "in")
    }

    private func producer(_ fence: OffsetFence?) throws -> TransactionalProducer {
        let configuration = ClientConfiguration(brokers: kafka.brokers)
        let producer = try TransactionalProducer(configuration, transactionalID: "app-1", fence: fence)
        try producer.initialize()
        return producer
    }

    private func isReadable(_ member: GroupMember) -> Bool {
        do {
            return try member.committed([place], milliseconds: 3000).allSatisfy { $0.error == nil }
        } catch {
            return false
        }
    }

    @Test func whoeverHasTheTransactionalIDNextEndsThemAndTakesNoMore() throws {
        let group = try GroupFixture(ClientConfiguration(brokers: kafka.brokers))
        let (member, place) = (group.member, place)
        // the first one makes Kafka's own topic for transactions
        try producer(nil).close()
        let late = try HangingTransaction(kafka.brokers, transactionalID: "app-1")
        defer { late.close() }
        let first = try producer(nil)
        let transaction = Transaction([]) { _ in [PartitionOffset(place, .at(3), metadata: "ours")] }
        func commit(_ producer: TransactionalProducer) throws -> TransactionOutcome {
            try producer.run(transaction) { () throws(KafkaError) in
                try member.metadata()
            } isCommitted: {
                () throws(KafkaError) in
                false
            }
        }
        #expect(try commit(first) == .committed)
        first.close()
        // the partition of the group's offsets has seen a later epoch
        #expect(try late.send(group: "g", topic: "in", partition: 0, offset: 99) == 47)
        #expect(isReadable(member))
        let hanging = try HangingTransaction(kafka.brokers, transactionalID: "app-1")
        defer { hanging.close() }
        #expect(try hanging.send(group: "g", topic: "in", partition: 0, offset: 99) == 0)
        #expect(!isReadable(member))
        // its transaction is not known as open, so a new epoch alone does not end it
        try producer(nil).close()
        #expect(!isReadable(member))
        let fenced = try producer(OffsetFence(group: "g", partition: place))
        #expect(isReadable(member))
        #expect(try member.committed([place]).first?.metadata == "ours")
        #expect(try hanging.send(group: "g", topic: "in", partition: 0, offset: 99) == 47)
        #expect(try commit(fenced) == .committed)
        #expect(try member.committed([place]).first?.offset == .at(3))
    }
}
