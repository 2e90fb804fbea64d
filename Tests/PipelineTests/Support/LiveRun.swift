import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import Telemetry
import TestSupport

@testable import Pipeline
@testable import Reinforce

/// Time that passes as fast as it is asked for, so that deadlines of minutes fire in moments.
final class FastClock: LiveClock {
    private let now = Atomic<Int64>(1)
    private let step: Int64
    private let wall: Int64

    init(step: Int64 = 1, wall: Int64 = .max / 2) {
        self.step = step
        self.wall = wall
    }

    var milliseconds: Int64 { now.wrappingAdd(step, ordering: .relaxed).newValue }
    var wallMilliseconds: Int64 { wall }
}

/// A broker with an events topic, and what came out of a processor beside it.
final class LiveRun: @unchecked Sendable {
    private let cluster: MockCluster?
    private let client: ClientConfiguration
    let golden: GoldenCase
    var settings = Settings()

    /// - Parameter kafka: a real Kafka; nil: the embedded broker.
    init(_ golden: GoldenCase, on kafka: RealKafka? = nil) throws {
        self.golden = golden
        cluster = kafka == nil ? try MockCluster() : nil
        let brokers = kafka?.brokers ?? cluster?.bootstrapServers ?? ""
        client = ClientConfiguration(brokers: brokers)
        let topics = [
            ("dashstream-events", Int32(4)), ("reinforce", 1), ("dash-reinforce-dlq", 1),
            ("dash-reinforce-checkpoints", 1),
        ]
        let admin = kafka == nil ? nil : try Admin(client)
        for (name, partitions) in topics {
            try cluster?.createTopic(name, partitions: partitions)
            try admin?.createTopic(name, partitions: partitions, configuration: ["retention.ms": "-1"])
            try admin?.awaitLeaders(of: name)
        }
        settings.kafka.brokers = brokers
        settings.groups.minUsable = 1
        settings.groups.deadline = 60_000
        settings.assembly.idleTimeout = 20_000
        settings.batches.linger = 1000
        settings.rewards.timeouts = golden.timeouts.rawValue
    }

    /// Writes records of the recording to the events topic, on their partitions.
    func produce(_ records: some Sequence<Recording.Record>) throws {
        let producer = try Producer(client)
        for record in records {
            try producer.enqueue(
                topic: "dashstream-events",
                partition: Int32(record.partition),
                key: record.key,
                value: record.payload,
                timestamp: record.timestamp
            )
        }
        try producer.close()
    }

    /// Runs a processor until `isDone`, or for at most so many seconds.
    @discardableResult
    func process(
        _ clock: any LiveClock,
        seconds: Double = 60,
        onRecord: ((LiveProcessor) throws -> Void)? = nil,
        until isDone: @escaping (LiveProcessor) -> Bool
    ) throws -> LiveCounts {
        let examples = try golden.options().examples
        let processor = try LiveProcessor(
            settings,
            examples: examples,
            client: settings.clientConfiguration(),
            log: .silent,
            clock: clock
        )
        processor.onRecord = onRecord
        let deadline = Date(timeIntervalSinceNow: seconds)
        try processor.run { isDone(processor) || Date() > deadline }
        return processor.counts
    }

    /// Everything on a topic.
    func read(_ topic: String) throws -> [(value: [UInt8], headers: [RecordHeader])] {
        var configuration = client
        configuration[.groupID] = "reader"
        configuration[.partitionEnd] = true
        let consumer = try Consumer(configuration)
        try consumer.assign([PartitionOffset(TopicPartition(topic, 0), .beginning)])
        var batch = RecordBatch()
        var found: [(value: [UInt8], headers: [RecordHeader])] = []
        let deadline = Date(timeIntervalSinceNow: 20)
        while batch.ends.isEmpty, Date() < deadline {
            try consumer.poll(into: &batch, milliseconds: 200)
            batch.forEach { record in
                guard let value = record.value else { return }
                found.append((unsafe value.withUnsafeBytes { unsafe Array($0) }, record.headers))
            }
        }
        return found
    }

    /// Digest of every group that was written, by tenant and group; all of them where one came several times.
    func digests() throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for record in try read("reinforce") {
            let batch = try JSONValue(parsing: record.value)
            for group in batch["groups"]?.list ?? [] {
                let name = "\(batch["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"
                found[name, default: []].append(group["digest"]?.text ?? "")
            }
        }
        return found
    }

    /// The same by a replay of the same recording.
    func replayedDigests() throws -> [String: String] {
        let folder = try TemporaryFolder()
        var options = try golden.options(folder)
        options.groups = settings.groupConfiguration()
        _ = try Replay(options).run()
        var found: [String: String] = [:]
        for batch in try folder.lines("batches.jsonl") {
            for group in batch["groups"]?.list ?? [] {
                found["\(batch["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"] = group["digest"]?.text
            }
        }
        return found
    }
}

extension LiveProcessor {
    /// Every partition was read to its end, no thread is open and no group waits to be written.
    var isQuiet: Bool {
        partitions.count == Int(partitionCount) && composing.isEmpty
            && partitions.values.allSatisfy { $0.endSince != nil && $0.stage.openThreads == 0 && !$0.stage.isRestoring }
    }
}
