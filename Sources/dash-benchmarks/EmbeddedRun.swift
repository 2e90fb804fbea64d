import EmbeddedKafka
import Foundation
import Kafka
import Pipeline
import Reinforce
import Settings
import Simulation
import Telemetry

/// The processor beside the embedded broker, both stages, from joining its group to the last group's batch. Joining alone
/// takes the mock cluster three seconds: a figure to compare with itself only.
final class EmbeddedRun {
    private let records: [TrafficRecord]
    private let examples: ExampleTable
    private let groups: Int

    /// - Parameters:
    ///   - records: what is on the topic.
    ///   - groups: how many groups they are.
    init(_ records: [TrafficRecord], _ examples: ExampleTable, groups: Int) {
        self.records = records
        self.examples = examples
        self.groups = groups
    }

    var benchmark: Benchmark {
        Benchmark(name: "run/embedded", unit: "items/s", items: records.count) { [self] in try run() }
    }

    private func run() throws {
        let cluster = try MockCluster()
        var settings = Settings()
        settings.kafka.brokers = cluster.bootstrapServers
        settings.delivery = "at_least_once"
        settings.commit.interval = 50
        settings.batches.linger = 100
        for (topic, partitions) in [
            ("dashstream-events", Int32(4)), ("dash-reinforce-scored", 4), ("reinforce", 1), ("dash-reinforce-dlq", 1),
            ("dash-reinforce-checkpoints", 1),
        ] { try cluster.createTopic(topic, partitions: partitions) }
        let producer = try Producer(cluster.configuration)
        for record in records {
            try producer.enqueue(
                topic: "dashstream-events",
                key: record.key,
                value: record.value,
                timestamp: record.timestamp
            )
        }
        try producer.close()
        let client = settings.clientConfiguration()
        let processor = try StreamProcessor(
            settings,
            examples: examples,
            client: client,
            log: .silent,
            isEmbedded: true
        )
        let deadline = Date(timeIntervalSinceNow: 120)
        try processor.run { processor.counts.groups.values.reduce(0, +) >= self.groups || Date() > deadline }
    }
}
