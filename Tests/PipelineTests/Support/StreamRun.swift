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

/// A broker with the topics of both stages, and what came out of stream processors beside it.
final class StreamRun: @unchecked Sendable {
    /// The embedded broker; nil: it is a real one.
    let cluster: MockCluster?
    /// The real one, for as long as the run is there.
    private let kafka: RealKafka?
    let client: ClientConfiguration
    let golden: GoldenCase
    /// Partitions of the events, and as many of the scored topic.
    let partitions: Int32
    /// While it is true a fast clock stands still: how long judges take to answer is the machine's business.
    var holdsClock: (StreamProcessor) -> Bool = { $0.rewards.desk?.inFlight ?? 0 > 0 }
    var settings = Settings()
    /// Where the processors publish how they stand; nil: nowhere.
    var watch: StreamWatch?
    /// Records that were produced, by partition; −1: wherever their key has led them.
    private let produced = Mutex<[Int32: Int64]>([:])
    /// Lines that the processors wrote.
    let lines = Mutex<[String]>([])

    /// - Parameter kafka: a real Kafka; nil: the embedded broker.
    init(_ golden: GoldenCase, on kafka: RealKafka? = nil, partitions: Int32 = 4) throws {
        self.golden = golden
        self.kafka = kafka
        self.partitions = partitions
        cluster = kafka == nil ? try MockCluster() : nil
        let brokers = kafka?.brokers ?? cluster?.bootstrapServers ?? ""
        client = ClientConfiguration(brokers: brokers)
        let topics: [(String, Int32)] = [
            ("dashstream-events", partitions), ("dash-reinforce-scored", partitions), ("reinforce", 1),
            ("dash-reinforce-dlq", 1), ("dash-reinforce-checkpoints", 1), ("ledger", 1),
        ]
        let admin = kafka == nil ? nil : try Admin(client)
        for (name, count) in topics {
            try cluster?.createTopic(name, partitions: count)
            try admin?.createTopic(name, partitions: count, configuration: ["retention.ms": "-1"])
        }
        for (name, _) in topics { try admin?.awaitLeaders(of: name) }
        settings.kafka.brokers = brokers
        settings.instanceID = "one"
        settings.topics.ledger = "ledger"
        settings.groups.minUsable = 1
        settings.groups.deadline = 60_000
        settings.groups.settle = 0
        settings.assembly.idleTimeout = 20_000
        settings.batches.linger = 1000
        settings.commit.interval = 100
        settings.rewards.timeouts = golden.timeouts.rawValue
        settings.kafka.properties = ["session.timeout.ms=6000"]
    }

    /// Writes records of the recording.
    ///
    /// - Parameters:
    ///   - byKey: where the key leads them, as a producer would; else to the partitions they were recorded from.
    ///   - headers: what each gets.
    func produce(
        _ records: some Sequence<Recording.Record>,
        byKey: Bool = false,
        headers: (Recording.Record) -> [RecordHeader] = { _ in [] }
    ) throws {
        let producer = try Producer(client)
        for record in records {
            try producer.enqueue(
                topic: "dashstream-events",
                partition: byKey ? nil : Int32(record.partition),
                key: record.key,
                value: record.payload,
                headers: headers(record),
                timestamp: record.timestamp
            )
            produced.withLock { $0[byKey ? -1 : Int32(record.partition), default: 0] += 1 }
        }
        try producer.close()
    }

    /// A processor of its own name.
    func processor(_ instance: String = "one", _ clock: any LiveClock) throws -> StreamProcessor {
        var settings = settings
        settings.instanceID = instance
        let log = Logger(level: .info, now: { 0 }) { [self] line in
            lines.withLock { $0.append(instance + " " + String(decoding: line, as: UTF8.self)) }
        }
        return try StreamProcessor(
            settings,
            examples: try golden.options().examples,
            client: settings.clientConfiguration(),
            log: log,
            clock: clock,
            isEmbedded: cluster != nil,
            watch: watch
        )
    }

    /// Records are unread: how long the broker takes to bring them is the machine's business, and no thread's time.
    private func isBehind(_ processor: StreamProcessor) -> Bool {
        let ends = produced.withLock { $0 }
        return processor.tasks.active.contains { place, task in
            place.topic == "dashstream-events" && task.flow.position < ends[place.partition] ?? 0
        }
    }

    /// How many lines hold this text.
    func logged(_ text: String) -> Int { lines.withLock { lines in lines.count { $0.contains(text) } } }

    /// Runs one processor until it is quiet, and every thread of the golden recording has its line where all was produced.
    @discardableResult
    func process(_ clock: any LiveClock, until isDone: ((StreamProcessor) -> Bool)? = nil) throws -> StreamProcessor {
        let threads =
            try isDone == nil
            && produced.withLock { $0.values.reduce(0, +) } >= Int64(Recording(golden.recording).records.count)
            ? goldenThreads() : 0
        let processor = try processor("one", clock)
        if let clock = clock as? FastClock {
            processor.onPoll = { [self, holdsClock] in
                clock.hold(holdsClock($0) || (isDone == nil && isBehind($0)))
            }
        }
        let deadline = Date.patience
        let isQuiet = { (processor: StreamProcessor) in
            processor.isQuiet && processor.counts.batches > 0 && self.hasFates(threads)
        }
        try processor.run { (isDone ?? isQuiet)(processor) || Date() > deadline }
        return processor
    }

    /// Committed records of a topic's partitions. What is committed is shown a moment after the commit has returned: ends
    /// are those that hold what is not shown yet too.
    func read(_ topic: String, partitions: Int32 = 1) throws -> [(value: [UInt8], headers: [RecordHeader])] {
        var configuration = client
        configuration[.groupID] = "reader"
        configuration[.partitionEnd] = true
        configuration[.isolationLevel] = "read_uncommitted"
        let all = try Consumer(configuration)
        let highs = try (0..<partitions).map { try all.watermarks(TopicPartition(topic, $0)).high }
        configuration[.isolationLevel] = "read_committed"
        let consumer = try Consumer(configuration)
        try consumer.assign((0..<partitions).map { PartitionOffset(TopicPartition(topic, $0), .beginning) })
        var batch = RecordBatch()
        var found: [(value: [UInt8], headers: [RecordHeader])] = []
        var ends: Set<Int32> = []
        let deadline = Date.patience
        while ends.count < Int(partitions), Date() < deadline {
            try consumer.poll(into: &batch, milliseconds: 200)
            batch.forEach { record in
                guard let value = record.value else { return }
                found.append((unsafe value.withUnsafeBytes { unsafe Array($0) }, record.headers))
            }
            for end in batch.ends {
                let number = end.partition.partition
                if case .at(let offset) = end.offset, offset >= highs[Int(number)] { ends.insert(number) }
            }
        }
        return found
    }

    /// Digest of every group that was written, by tenant and group; all of them where one came several times.
    func digests() throws -> [String: [String]] {
        digests(of: try read("reinforce").map { try JSONValue(parsing: $0.value) })
    }

    /// The same by a replay of the same recording.
    ///
    /// - Parameter change: what else the replay is told.
    func replayedDigests(_ change: (inout ReplayOptions) throws -> Void = { _ in }) throws -> [String: [String]] {
        let folder = try TemporaryFolder()
        var options = try golden.options(folder)
        options.groups = settings.groupConfiguration()
        try change(&options)
        _ = try Replay(options).run()
        return digests(of: try folder.lines("batches.jsonl"))
    }

    private func digests(of batches: [JSONValue]) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for batch in batches {
            for group in batch["groups"]?.list ?? [] {
                let name = "\(batch["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"
                found[name, default: []].append(group["digest"]?.text ?? "")
            }
        }
        return found
    }
}

extension StreamProcessor {
    /// Every partition of ours was read to its end, nothing is open and nothing waits to be written.
    var isQuiet: Bool {
        // times are told for ever, so that some transaction is always under way
        let last = commits.inFlight?.parts.map(\.output) ?? []
        let active = tasks.active.values
        let all = last + active.map(\.pending)
        return !active.isEmpty && tasks.openings.isEmpty && active.allSatisfy(\.isQuiet)
            && all.allSatisfy { $0.counts.fates.isEmpty && $0.counts.batches == 0 }
    }
}
