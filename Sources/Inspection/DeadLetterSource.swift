internal import Kafka
internal import Pipeline
public import Problems
internal import Recordings
public import Settings
internal import StoredBatches

/// Where dead letters lie.
public enum DeadLetterSource: Sendable {
    /// A file as `replay --dlq` writes it.
    case file(String)
    /// The dead-letter topic.
    case topic(Settings)

    /// Calls `body` with every dead letter, in order.
    ///
    /// - Throws: ``PipelineProblem`` where they cannot be read, and what `body` throws.
    public func forEach(_ body: (DeadLetterRecord) throws -> Void) throws {
        switch self {
        case .file(let path):
            let cut = try BatchSource.forEachLine(of: path) { line, bytes in
                try body(try DeadLetterRecord(line: bytes, "line \(line)"))
            }
            if let cut { throw PipelineProblem(.input, cut) }
        case .topic(let settings):
            try WholeTopic(settings.dlqTopic, settings.clientConfiguration()).forEach { record in
                try body(DeadLetterRecord(record))
            }
        }
    }
}

/// Chooses dead letters: every condition must hold, each by one of its values.
public struct DeadLetterFilter: Sendable {
    private var conditions: [(field: Field, values: [String])] = []

    private enum Field: String, CaseIterable { case reason, stage, topic, partition, offset, key }

    /// Everything.
    public init() {}

    /// Conditions as `reason=schema_error,decode_error`.
    ///
    /// - Throws: ``PipelineProblem`` that names the fields there are.
    public init(_ texts: [String]) throws(PipelineProblem) {
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let field = Field(rawValue: String(parts[0])) else {
                let names = Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw PipelineProblem(.usage, "--filter needs FIELD=VALUE, FIELD one of \(names), not `\(text)`")
            }
            conditions.append((field, parts[1].split(separator: ",").map(String.init)))
        }
    }

    /// Whether a dead letter is chosen.
    public func matches(_ letter: DeadLetterRecord) -> Bool {
        conditions.allSatisfy { condition in
            let value: String? =
                switch condition.field {
                case .reason: letter.reason
                case .stage: letter.stage
                case .topic: letter.topic
                case .partition: letter.partition.map { String($0) }
                case .offset: letter.offset.map { String($0) }
                case .key: letter.key.map { String(decoding: $0, as: UTF8.self) }
                }
            return value.map(condition.values.contains) ?? false
        }
    }
}
