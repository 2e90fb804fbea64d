import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Reinforce
import Settings
import Synchronization
import Telemetry
import TestSupport

@testable import Pipeline

/// A processor beside a broker with the few threads of a trace.
final class SmallStream: @unchecked Sendable {
    let topics: TopicFixture
    let isEmbedded: Bool
    var settings = Settings()
    let lines = Mutex<[String]>([])

    init(on kafka: RealKafka? = nil) throws {
        topics = try TopicFixture(on: kafka)
        isEmbedded = kafka == nil
        for (topic, count) in [
            ("dash-reinforce-scored", Int32(4)), ("reinforce", 1), ("dash-reinforce-dlq", 1),
            ("dash-reinforce-checkpoints", 1), ("ledger", 1),
        ] { try topics.create(topic, partitions: count) }
        settings.kafka.brokers = topics.client[.brokers] ?? ""
        settings.kafka.properties = ["session.timeout.ms=6000"]
        settings.instanceID = "one"
        settings.topics.ledger = "ledger"
        settings.batches.linger = 100
        settings.commit.interval = 50
    }

    /// Makes a topic of one partition with these values, the first one at `time` and each a millisecond later.
    func fill(_ topic: String, _ values: [String], at time: Int64) throws {
        try topics.create(topic, partitions: 1)
        let producer = try Producer(topics.client)
        for (number, value) in values.enumerated() {
            try producer.enqueue(
                topic: topic,
                partition: 0,
                key: Array(topic.utf8),
                value: Array(value.utf8),
                timestamp: time + Int64(number)
            )
        }
        try producer.close()
    }

    /// Runs a processor until so many threads have their fate; the label of the example `e` is `answer: right`.
    ///
    /// - Returns: what it counted, and fate and reason of each thread in the order of their ids.
    func run(_ trace: Trace, threads: Int) throws -> (counts: StreamCounts, fates: [String]) {
        try topics.produce(trace.recording.records, to: "dashstream-events", partitions: 4)
        let log = Logger(now: { 0 }) { [self] line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        var examples = ExampleTable()
        let example = #"{"example_id":"e","data":{"question":"q","answer":"right"},"input_keys":["question"]}"#
        examples.insert(try ExampleTable.example(Array(example.utf8)))
        let processor = try StreamProcessor(
            settings,
            examples: examples,
            client: settings.clientConfiguration(),
            log: log,
            isEmbedded: isEmbedded
        )
        let deadline = Date.patience
        try processor.run { processor.counts.fates.values.reduce(0, +) >= threads || Date() > deadline }
        var fates: [(String, String)] = []
        for value in try topics.values("ledger") {
            let line = try JSONValue(parsing: value)
            let fate = "\(line["fate"]?.asText?.string ?? "") \(line["reason"]?.asText?.string ?? "")"
            fates.append((line["thread_id"]?.asText?.string ?? "", fate))
        }
        return (processor.counts, fates.sorted { $0.0 < $1.0 }.map(\.1))
    }
}
