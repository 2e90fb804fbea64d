internal import Files
internal import Foundation
internal import JSON
internal import Kafka
internal import Pipeline
internal import Problems

/// A record that could not be read, with its original bytes and why.
public struct DeadLetterRecord: Sendable {
    /// Where it stands among the dead letters: a line, or an offset of the topic.
    public let place: String
    /// The topic it came from; empty: it came from none.
    public let topic: String
    /// The partition it came from; nil: not known.
    public let partition: Int32?
    /// The offset it had there.
    public let offset: Int64?
    /// Its Kafka timestamp, milliseconds; nil: not known.
    public let timestamp: Int64?
    /// What was being done with it.
    public let stage: String
    /// Why it could not be read.
    public let reason: String
    /// The same in a sentence.
    public let message: String
    /// The original key.
    public let key: [UInt8]?
    /// The original headers; a file does not keep them.
    let headers: [RecordHeader]
    /// The original bytes; nil: a tombstone.
    public let value: [UInt8]?

    static let prefix = "__dash_reinforce.errors."

    /// Reads a record of the dead-letter topic: the original, and headers behind its own that say why.
    init(_ record: borrowing Record) {
        place = "\(record.topic)[\(record.partition)] offset \(record.offset)"
        let all = record.headers
        func header(_ name: String) -> String? {
            all.last { $0.name == Self.prefix + name }?.value.map { String(decoding: $0, as: UTF8.self) }
        }
        topic = header("topic") ?? ""
        partition = header("partition").flatMap { Int32($0) }
        offset = header("offset").flatMap { Int64($0) }
        timestamp = header("timestamp").flatMap { Int64($0) }
        stage = header("stage") ?? ""
        reason = header("reason") ?? "unknown"
        message = header("message") ?? ""
        if let span = record.key { key = [UInt8](span) } else { key = nil }
        if let span = record.value { value = [UInt8](span) } else { value = nil }
        headers = all.filter { !$0.name.hasPrefix(Self.prefix) }
    }

    /// Reads a line of a dead-letter file.
    ///
    /// - Throws: ``PipelineProblem`` that says what is wrong with it.
    init(line bytes: [UInt8], _ place: String) throws(PipelineProblem) {
        guard let value = try? JSONValue(parsing: bytes), let reason = value["reason"]?.asText,
            let topic = value["topic"]?.asText, value["value_base64"] != nil
        else { throw PipelineProblem(.data, "\(place) is no dead letter") }
        self.place = place
        self.topic = topic.string
        self.reason = reason.string
        partition = value["partition"]?.asInteger.flatMap { Int32(exactly: $0) }
        offset = value["offset"]?.asInteger
        timestamp = value["timestamp_ms"]?.asInteger
        stage = value["stage"]?.asText?.string ?? ""
        message = value["message"]?.asText?.string ?? ""
        key = try Self.key(value, place)
        headers = []
        self.value = try Self.bytes(value["value_base64"], place)
    }

    /// The key stands as text; where its bytes are no text, in base64 beside it.
    private static func key(_ value: JSONValue, _ place: String) throws(PipelineProblem) -> [UInt8]? {
        if let coded = value["key_base64"] { return try bytes(coded, place) }
        return value["key"]?.asText.map { Array($0.utf8) }
    }

    private static func bytes(_ value: JSONValue?, _ place: String) throws(PipelineProblem) -> [UInt8]? {
        guard let value, value != .null else { return nil }
        guard let text = value.asText, let data = Data(base64Encoded: text.string) else {
            throw PipelineProblem(.data, "\(place) holds bytes that are no base64")
        }
        return [UInt8](data)
    }

    /// Where it came from, as `topic[partition] offset n`.
    public var origin: String {
        guard !topic.isEmpty else { return "nowhere" }
        return topic + (partition.map { "[\($0)]" } ?? "") + (offset.map { " offset \($0)" } ?? "")
    }
}
