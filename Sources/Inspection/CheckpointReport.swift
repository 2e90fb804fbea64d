internal import JSON
internal import Kafka
internal import Pipeline
public import Problems
internal import Reinforce
public import Settings
public import Terminal

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
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - group: the consumer group it belongs to.
    ///   - offset: the committed offset; what the text says is counted from there.
    public init(text: String, group: String, offset: Int64) {
        do throws(CheckpointError) {
            self.init(try Checkpoint(text, group: group, committed: offset), nil, nil, offset)
        } catch {
            self.init(nil, error.description, nil, offset)
        }
    }

    private init(_ checkpoint: Checkpoint?, _ problem: String?, _ partition: String?, _ offset: Int64?) {
        self.partition = partition
        self.offset = offset
        self.problem = problem
        fields = checkpoint.map(checkpointFields)
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
            let store = CheckpointStore(group: settings.appID, topic: settings.checkpointsTopic, client: client)
            let topics = settings.topics.events + [settings.scoredTopic]
            var reports: [CheckpointReport] = []
            for name in topics {
                let count = try admin.topics(name).first?.partitions ?? 0
                for place in try consumer.committed((0..<count).map { TopicPartition(name, $0) }) {
                    if let error = place.error { throw error }
                    reports.append(try report(place, store))
                }
            }
            return reports
        } catch {
            throw PipelineProblem(error, client)
        }
    }

    private static func report(_ place: PartitionOffset, _ store: CheckpointStore) throws(KafkaError)
        -> CheckpointReport
    {
        let name = place.partition.description
        guard case .at(let offset) = place.offset else {
            return CheckpointReport(nil, "nothing is committed", name, nil)
        }
        do {
            return CheckpointReport(try store.checkpoint(place), nil, name, offset)
        } catch let error as KafkaError {
            throw error
        } catch {
            return CheckpointReport(nil, "\(error)", name, offset)
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
    let entries = checkpoint.entries.map { entry in
        "{\"first\":[\(entry.first.offset),\(entry.first.index)]"
            + (entry.end.map { ",\"end\":[\($0.offset),\($0.index)]" } ?? "")
            + (entry.cut.map { ",\"cut\":\($0),\"parts\":\(entry.parts.count)" } ?? "") + "}"
    }
    let anchor = checkpoint.anchor
    return [
        ("position", String(checkpoint.position)),
        ("stream_time_ms", checkpoint.streamTime.map { String($0) } ?? "null"),
        ("low", String(checkpoint.low)),
        ("memory_low", checkpoint.memoryLow.map { String($0) } ?? "null"),
        ("open", String(checkpoint.entries.count)),
        ("entries", "[" + entries.joined(separator: ",") + "]"),
        ("base", checkpoint.base.map { "\"\($0.pointer.text)\"" } ?? "null"),
        ("closed_since_base", String(checkpoint.base?.closed.count ?? 0)),
        ("token", "\"\(checkpoint.token)\""),
        ("partitions", String(checkpoint.partitions)),
        ("code_version", String(checkpoint.code)),
        ("last_record", anchor.lastOffset.map { "[\($0),\(anchor.lastSum)]" } ?? "null"),
        ("extra", "\"\(checkpoint.extra.hexadecimal)\""),
    ]
}
