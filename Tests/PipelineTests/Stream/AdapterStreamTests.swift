import DashStream
import EmbeddedKafka
import Foundation
import InstantLearning
import Kafka
import KafkaTestSupport
import Settings
import Telemetry
import Testing

@testable import Pipeline
@testable import Recordings

/// The instant-learning loop beside the stream, both ways of delivery: what threads carry becomes an adapter on its topic, and
/// a restart goes on from it.
@Suite(.waits) struct AdapterStreamTests {
    @Test(arguments: ["exactly_once", "at_least_once"]) func adaptersAreLearntPublishedAndGoneOnWith(_ delivery: String)
        throws
    {
        let cluster = try MockCluster()
        for topic in [
            "dashstream-events", "dash-reinforce-scored", "reinforce", "dash-reinforce-dlq",
            "dash-reinforce-checkpoints", "reinforce-adapters",
        ] { try cluster.createTopic(topic, partitions: 1) }
        var settings = Settings()
        settings.kafka.brokers = cluster.bootstrapServers
        settings.delivery = delivery
        settings.topics.scoredPartitions = 1
        settings.batches.linger = 100
        settings.batches.groupsPerBatch = 1
        settings.instantLoop.enabled = true
        settings.instantLoop.dimension = 4
        settings.instantLoop.flushThreshold = 2
        settings.instantLoop.qualityThreshold = 0
        var trace = VectorTrace()
        for round in 0..<2 {
            let before = trace.frames.count
            _ = trace.group(
                "g\(round)",
                [.init(route: "a", reward: .float(1)), .init(answer: "wrong", route: "a", reward: .float(0))]
            )
            try produce(trace.frames[before...], to: cluster)
            try run(settings, trace, until: round + 1, cluster)
        }
        let records = try read("reinforce-adapters", cluster)
        #expect(Set(records.map(\.key)) == [Array("t/a".utf8)])
        let updates = try records.map { Int(try Safetensors(bytes: $0.value).metadata["updates"] ?? "") ?? 0 }
        // the second life counts on where the first one's adapter stood
        #expect((updates.last ?? 0) > (updates.first ?? 0) && (updates.first ?? 0) > 0)
    }

    private func produce(
        _ frames: ArraySlice<(key: [UInt8], value: [UInt8], timestamp: Int64)>,
        to cluster: MockCluster
    ) throws {
        let producer = try Producer(cluster.configuration)
        for frame in frames {
            try producer.enqueue(
                topic: "dashstream-events",
                key: frame.key,
                value: frame.value,
                timestamp: frame.timestamp
            )
        }
        try producer.close()
    }

    private func run(_ settings: Settings, _ trace: VectorTrace, until groups: Int, _ cluster: MockCluster) throws {
        let client = settings.clientConfiguration()
        let deadline = Date.patience
        let processor = try StreamProcessor(
            settings,
            examples: trace.examples,
            client: client,
            log: .silent,
            isEmbedded: true
        )
        try processor.run { processor.counts.batches > 0 || Date() > deadline }
    }

    private func read(_ topic: String, _ cluster: MockCluster) throws -> [(key: [UInt8], value: [UInt8])] {
        var found: [(key: [UInt8], value: [UInt8])] = []
        try WholeTopic(topic, cluster.configuration).forEach { record in
            guard let key = record.key, let value = record.value else { return }
            found.append(
                (unsafe key.withUnsafeBytes { unsafe Array($0) }, unsafe value.withUnsafeBytes { unsafe Array($0) })
            )
        }
        return found
    }
}
