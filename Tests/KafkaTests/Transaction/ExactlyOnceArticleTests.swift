import EmbeddedKafka
import Foundation
import Kafka
import KafkaTestSupport
import Testing

// begin of the article's program
final class Copy: RebalanceHandler {
    func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset] {
        // each begins where the group has committed
        []
    }

    func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext) {}

    func run(_ brokers: String, until isDone: () -> Bool) throws {
        var reading = ClientConfiguration(brokers: brokers)
        reading[.groupID] = "copy"
        reading[.autoCommit] = false
        reading[.offsetReset] = "earliest"
        reading[.isolationLevel] = "read_committed"
        let producer = try TransactionalProducer(
            ClientConfiguration(brokers: brokers),
            transactionalID: "copy-1",
            fence: OffsetFence(group: "copy", partition: TopicPartition("in", 0))
        )
        // ends what an earlier life of this program has left open, before its offsets are asked for
        try producer.initialize()
        let consumer = try Consumer(reading)
        try consumer.subscribe(["in"], self)
        let member = consumer.member
        var batch = RecordBatch()
        while !isDone() {
            try consumer.poll(into: &batch, milliseconds: 100)
            var records: [OutgoingRecord] = []
            var next: [TopicPartition: Int64] = [:]
            batch.forEach { record in
                var value: [UInt8]?
                // a view of the client's memory, so it is copied
                if let bytes = record.value { value = unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
                records.append(OutgoingRecord(topic: "out", key: nil, value: value))
                next[TopicPartition(record.topic, record.partition)] = record.offset + 1
            }
            guard !records.isEmpty else { continue }
            let offsets = next.map { PartitionOffset($0.key, .at($0.value)) }
            let outcome = try producer.run(Transaction(records) { _ in offsets }) { () throws(KafkaError) in
                try member.metadata()
            } isCommitted: { () throws(KafkaError) in
                // asked where the answer to a commit was lost
                try Set(member.committed(offsets.map(\.partition))) == Set(offsets)
            }
            // not committed: what was read is lost to this life, so begin anew from what is committed
            guard case .committed = outcome else { throw NotCommitted(outcome: outcome) }
        }
        try consumer.close()
    }

    struct NotCommitted: Error { let outcome: TransactionOutcome }
}
// end of the article's program

/// The program of the documentation's article does what the article says.
@Suite(.waits) struct ExactlyOnceArticleTests {
    @Test("The article shows the program that is tested here") func theArticleShowsIt() throws {
        let here = try String(contentsOfFile: #filePath, encoding: .utf8)
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let article = try String(
            contentsOf: root.appending(path: "Sources/Kafka/Kafka.docc/ExactlyOnce.md"),
            encoding: .utf8
        )
        // the first occurrence of the second mark is the one that is searched for here
        let program = here.components(separatedBy: "// begin of the article's program\n")[1]
            .components(separatedBy: "// end of the article's program")[0]
        #expect(article.contains("```swift\n" + program + "```"))
    }

    @Test("Two lives of it copy every record once", .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA"))
    func twoLives() throws {
        let kafka = try RealKafka.reused()
        let client = ClientConfiguration(brokers: kafka.brokers)
        let admin = try Admin(client)
        for topic in ["in", "out"] {
            try admin.createTopic(topic, partitions: 1)
            try admin.awaitLeaders(of: topic)
        }
        let writer = try Producer(client)
        for life in 0..<2 {
            for number in 0..<50 {
                try writer.enqueue(topic: "in", key: nil, value: Array("\(life) \(number)".utf8))
            }
            try writer.flush(milliseconds: 30_000)
            let deadline = Date.patience
            let wanted = (life + 1) * 50
            try Copy().run(kafka.brokers) { (try? Self.read(client).count) ?? 0 >= wanted || Date() > deadline }
        }
        try writer.close()
        #expect(try Self.read(client) == (0..<2).flatMap { life in (0..<50).map { "\(life) \($0)" } })
    }

    private static func read(_ client: ClientConfiguration) throws -> [String] {
        var configuration = client
        configuration[.groupID] = "reader"
        configuration[.isolationLevel] = "read_committed"
        configuration[.partitionEnd] = true
        let consumer = try Consumer(configuration)
        try consumer.assign([PartitionOffset(TopicPartition("out", 0), .beginning)])
        var batch = RecordBatch()
        var found: [String] = []
        let deadline = Date.patience
        while batch.ends.isEmpty, Date() < deadline {
            try consumer.poll(into: &batch, milliseconds: 100)
            batch.forEach { record in
                guard let value = record.value else { return }
                found.append(unsafe value.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
            }
        }
        return found
    }
}
