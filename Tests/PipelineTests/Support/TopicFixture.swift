import EmbeddedKafka
import Foundation
import Kafka
import KafkaTestSupport
import TestSupport

@testable import Files
@testable import Pipeline
@testable import Recordings

/// A broker with recorded records on topics: the embedded one, or a real Kafka.
final class TopicFixture {
    private let cluster: MockCluster?
    /// The real one, for as long as the topics are needed.
    private let kafka: RealKafka?
    let client: ClientConfiguration

    init(on kafka: RealKafka? = nil) throws {
        self.kafka = kafka
        cluster = kafka == nil ? try MockCluster() : nil
        client = ClientConfiguration(brokers: kafka?.brokers ?? cluster?.bootstrapServers ?? "")
    }

    /// Makes a topic.
    func create(_ topic: String, partitions: Int32) throws {
        try cluster?.createTopic(topic, partitions: partitions)
        guard cluster == nil else { return }
        let admin = try Admin(client)
        try admin.createTopic(topic, partitions: partitions, configuration: ["retention.ms": "-1"])
        try admin.awaitLeaders(of: topic)
    }

    /// Makes a topic of these records, each on its partition, with its headers and time.
    func produce(_ records: [Recording.Record], to topic: String, partitions: Int32) throws {
        try create(topic, partitions: partitions)
        let producer = try Producer(client)
        for record in records {
            try producer.enqueue(
                topic: topic,
                partition: Int32(record.partition),
                key: record.key,
                value: record.payload,
                headers: record.headers,
                timestamp: record.timestamp
            )
        }
        try producer.close()
    }

    func range(_ topics: [String], from: RangeBound = .earliest, to: RangeBound = .latest) -> TopicRange {
        TopicRange(client, topics: topics, from: from, to: to)
    }

    /// Records a range to a file.
    func record(
        _ topics: [String],
        to path: String,
        from: RangeBound = .earliest,
        to end: RangeBound = .latest,
        _ change: (TopicRecorder) -> Void = { _ in }
    ) throws -> TopicRecorder.Result {
        let recorder = TopicRecorder(
            range(topics, from: from, to: end),
            to: path,
            memory: 1 << 24,
            recordedAt: 1_700_000_000_000
        )
        change(recorder)
        return try recorder.run()
    }

    /// Every value on a topic's only partition that is committed.
    func values(_ topic: String) throws -> [[UInt8]] {
        let reader = try TopicReader(range([topic]), memory: 1 << 24)
        var batch = RecordBatch()
        var found: [[UInt8]] = []
        for partition in reader.partitions {
            while !partition.isDone {
                _ = try partition.read(into: &batch, limit: .max, milliseconds: 100) { record in
                    if let value = record.value { found.append([UInt8](value)) }
                }
            }
        }
        return found
    }
}

extension Recording.Record {
    /// Its headers.
    var headers: [RecordHeader] {
        var body = (0..<8).map { UInt8(truncatingIfNeeded: offset >> (8 * UInt64($0))) }
        body += rest
        return unsafe RecordedRecord(body.span.bytes, index: 0, topic: nil, partition: Int32(partition))?.headers ?? []
    }
}
