internal import DashStream
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// What a table has learnt since it was last asked.
enum ReferenceChange {
    case example(Example)
    case noExample(Text)
    /// A pairing that came beside the trace: the record's key, value and time, and the partition it stands on.
    case pairing(key: [UInt8]?, value: [UInt8]?, timestamp: Int64, partition: Int32)
}

/// Training examples and pairings that stand on topics.
final class ReferenceTables {
    private let settings: Settings
    private let log: Logger
    /// The examples as they are now.
    private(set) var examples: ExampleTable
    private let exampleTopic: TableTopic?
    private let rollouts: TableTopic?
    private let exampleCount: Int32
    /// Example records that could not be read.
    private(set) var badExamples = 0

    /// - Parameter examples: those of the file; nil: they come from the topic.
    init(_ settings: Settings, _ examples: ExampleTable?, _ client: ClientConfiguration, _ log: Logger)
        throws(KafkaError)
    {
        self.settings = settings
        self.log = log
        self.examples = examples ?? ExampleTable()
        var count: Int32 = 0
        if examples == nil {
            exampleTopic = try TableTopic(settings.topics.examples, client, app: settings.appID)
            count = try Admin(client).topics(settings.topics.examples).first?.partitions ?? 0
        } else {
            exampleTopic = nil
        }
        exampleCount = count
        rollouts =
            settings.topics.rollouts.isEmpty
            ? nil : try TableTopic(settings.topics.rollouts, client, app: settings.appID)
    }

    /// Reads the examples to their end and checks them as a file's are.
    func load() throws {
        guard let exampleTopic else { return }
        var bounds: [Int32: (low: Int64, high: Int64)] = [:]
        for number in 0..<exampleCount { bounds[number] = try exampleTopic.bounds(number) }
        try exampleTopic.follow(bounds)
        try exampleTopic.readToEnd { record in _ = take(record) }
        log.info("examples", ["topic": .init(exampleTopic.name), "count": .init(examples.count)])
        if examples.count < settings.batches.groupsPerBatch, !settings.batches.allowRepeats {
            throw PipelineProblem(
                .data,
                "topic \(exampleTopic.name) holds \(examples.count) examples, fewer than batches.groups_per_batch "
                    + "(\(settings.batches.groupsPerBatch)): write more, lower the number or set batches.allow_repeats"
            )
        }
    }

    /// Takes what has come since.
    func poll(_ body: (ReferenceChange) -> Void) throws {
        try exampleTopic?.poll { record in if let change = take(record) { body(change) } }
        try rollouts?.poll { record in body(pairing(record)) }
    }

    /// Reads the pairings of these partitions of the events topic too, from their beginning: whoever takes such a partition
    /// up has none of them. What is read comes out of ``poll(_:)``.
    func follow(_ partitions: [Int32: (low: Int64, high: Int64)]) throws(KafkaError) {
        try rollouts?.follow(partitions)
    }

    /// Whether the pairings of a partition were read to where they ended when it was taken up.
    func isThrough(_ partition: Int32) -> Bool { rollouts?.isThrough(partition) ?? true }

    /// The pairings of a partition are needed no more.
    func leave(_ partition: Int32) throws(KafkaError) { try rollouts?.leave(partition) }

    private func pairing(_ record: borrowing Record) -> ReferenceChange {
        .pairing(
            key: bytes(record.key),
            value: bytes(record.value),
            timestamp: record.timestamp,
            partition: record.partition
        )
    }

    private func take(_ record: borrowing Record) -> ReferenceChange? {
        guard let value = record.value else {
            guard let key = bytes(record.key), let id = Text(utf8: unsafe key.span.bytes) else { return nil }
            examples.remove(id)
            return .noExample(id)
        }
        do throws(ExampleProblem) {
            let text = unsafe value.withUnsafeBytes { unsafe Array($0) }
            let example = try ExampleTable.example(text)
            if settings.stageConfiguration().rewards.needsLabels, example.labels.isEmpty {
                throw ExampleProblem("has no label, but the reward compares the answer with one", example.id)
            }
            examples.insert(example)
            return .example(example)
        } catch {
            badExamples += 1
            log.error(
                "an example cannot be used; its record is passed over",
                ["topic": .init(record.topic), "offset": .init(Int(record.offset)), "problem": .init(error)]
            )
            return nil
        }
    }

    private func bytes(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}
