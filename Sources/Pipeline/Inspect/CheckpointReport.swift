internal import JSON
internal import Kafka
internal import Reinforce
public import Settings

/// A checkpoint, decoded: as its text, or as a group has committed it.
public struct CheckpointReport: Sendable {
    /// The partition it belongs to; nil: only the text is known.
    public let partition: String?
    /// The committed offset.
    public let offset: Int64?
    /// What it says, by name, each value as JSON; nil: the text is no checkpoint.
    public let fields: [(name: String, value: String)]?
    /// Why it says nothing, in one sentence.
    public let problem: String?

    /// Decodes a text as it stands beside a committed offset.
    public init(text: String) { self.init(Checkpoint(text), text, nil, nil) }

    private init(_ checkpoint: Checkpoint?, _ text: String, _ partition: String?, _ offset: Int64?) {
        self.partition = partition
        self.offset = offset
        fields = checkpoint.map(checkpointFields)
        if checkpoint != nil {
            problem = nil
        } else if text.isEmpty {
            problem = offset == nil ? "nothing is committed" : "the offset carries no checkpoint: somebody has set it"
        } else if text.hasPrefix("@") {
            problem = "it stands in the checkpoint topic (\(text)), and is not to be found there"
        } else {
            problem = "this is no checkpoint, or one of another version, or it is damaged"
        }
    }

    /// Everything a group has committed for its topics.
    ///
    /// - Throws: ``PipelineProblem`` where the brokers do not tell.
    public static func committed(_ settings: Settings) throws(PipelineProblem) -> [CheckpointReport] {
        let client = settings.clientConfiguration()
        do throws(KafkaError) {
            var configuration = client
            configuration[.groupID] = settings.appID
            configuration[.autoCommit] = false
            let admin = try Admin(client)
            let consumer = try Consumer(configuration)
            let topic = CheckpointTopic(settings, client, try Producer(client))
            var reports: [CheckpointReport] = []
            for name in settings.topics.events {
                let count = try admin.topics(name).first?.partitions ?? 0
                for place in try consumer.committed((0..<count).map { TopicPartition(name, $0) }) {
                    if let error = place.error { throw error }
                    var offset: Int64?
                    if case .at(let known) = place.offset { offset = known }
                    let checkpoint = offset == nil ? nil : try topic.load(place.metadata)
                    reports.append(
                        CheckpointReport(checkpoint, place.metadata, place.partition.description, offset)
                    )
                }
            }
            return reports
        } catch {
            throw PipelineProblem(error, client)
        }
    }

    /// For a person.
    public func text(_ style: TextStyle) -> String {
        var text = style.bold(partition ?? "checkpoint") + (offset.map { "  committed offset \($0)" } ?? "") + "\n"
        if let problem { text += "  " + style.odd(problem) + "\n" }
        for (name, value) in fields ?? [] { text += "  " + name.padded(20) + printable(value, limit: 2000) + "\n" }
        return text
    }

    /// As one JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("partition")
        if let partition { writer.string(partition) } else { writer.null() }
        writer.key("offset")
        if let offset { writer.integer(offset) } else { writer.null() }
        writer.key("problem")
        if let problem { writer.string(problem) } else { writer.null() }
        writer.key("checkpoint")
        if let fields {
            writer.beginObject()
            for (name, value) in fields {
                writer.key(name)
                writer.raw(Array(value.utf8))
            }
            writer.endObject()
        } else {
            writer.null()
        }
        writer.endObject()
        return writer.bytes
    }
}

/// What a checkpoint says, by name, each value as JSON: one line here for each field of ``Checkpoint``.
func checkpointFields(_ checkpoint: Checkpoint) -> [(name: String, value: String)] {
    let firsts = checkpoint.firsts.sorted().map { "[\($0.offset),\($0.index)]" }
    return [
        ("position", String(checkpoint.position)),
        ("stream_time_ms", checkpoint.streamTime.map { String($0) } ?? "null"),
        ("low", String(checkpoint.low)),
        ("open", String(checkpoint.firsts.count)),
        ("firsts", "[" + firsts.joined(separator: ",") + "]"),
    ]
}
