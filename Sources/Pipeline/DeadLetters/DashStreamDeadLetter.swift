internal import DashStream
internal import JSON
internal import Reinforce
internal import Telemetry

/// A record that could not be read, as DashStream's own consumers write it (`dlq.format: dashstream`).
struct DashStreamDeadLetter {
    /// Payload bytes above which it is cut: base64 and the rest must fit a broker's usual limit.
    static let maxPayload = 512 << 10

    /// Why it could not be read.
    let poison: Poison
    let topic: String
    let partition: Int32
    let offset: Int64
    /// The record's key as text, where it is one: producers put the thread's id there.
    let thread: String?
    /// The value of the record's `traceparent` header.
    let traceparent: String?
    /// Who could not read it.
    let consumer: String
    /// When, milliseconds since 1970.
    let time: Int64

    /// The JSON object, fields in DashStream's order.
    func json(_ payload: RawSpan?) -> [UInt8] {
        let whole: RawSpan
        if let payload { whole = payload } else { whole = RawSpan() }
        let included = min(whole.byteCount, Self.maxPayload)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("original_payload_base64")
        writer.string(base64(whole.extracting(0..<included)))
        if included < whole.byteCount {
            writer.key("original_payload_size_bytes")
            writer.integer(Int64(whole.byteCount))
            writer.key("original_payload_included_bytes")
            writer.integer(Int64(included))
            writer.key("original_payload_truncated")
            writer.bool(true)
            writer.key("original_payload_sha256")
            writer.string(sha256(whole).hexadecimal)
        }
        writer.key("error")
        writer.string(poison.message)
        writer.key("source_topic")
        writer.string(topic)
        writer.key("source_partition")
        writer.integer(Int64(partition))
        writer.key("source_offset")
        writer.integer(offset)
        writer.key("timestamp")
        writer.string(timestamp(time))
        writer.key("consumer_id")
        writer.string(consumer)
        if let thread {
            writer.key("thread_id")
            writer.string(thread)
        }
        writer.key("error_type")
        writer.string(poison.reason.rawValue)
        writer.key("trace_id")
        writer.string(traceID)
        if let parent {
            writer.key("parent_trace_id")
            writer.string(parent.trace)
            writer.key("span_id")
            writer.string(parent.span)
        }
        writer.endObject()
        return writer.bytes
    }

    /// A UUID of the record's place: the same record has the same one, whoever finds it and however often.
    private var traceID: String {
        var id = Array(sha256(Array("\(topic)/\(partition)/\(offset)".utf8)).prefix(16))
        guard id.count == 16 else { return "\(topic)/\(partition)/\(offset)" }
        id[6] = id[6] & 0x0F | 0x80
        id[8] = id[8] & 0x3F | 0x80
        let digits = Array(id.hexadecimal)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    /// The trace and the span of a W3C `traceparent`.
    private var parent: (trace: String, span: String)? {
        guard let parts = traceparent?.split(separator: "-"), parts.count >= 4, parts[1].utf8.count == 32,
            parts[2].utf8.count == 16
        else { return nil }
        return (String(parts[1]), String(parts[2]))
    }
}
