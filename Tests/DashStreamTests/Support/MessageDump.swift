import DashStream
import Foundation
import JSON

/// A message as protobuf's JSON mapping writes it (schema names, 64-bit integers as strings, bytes in base64, defaults
/// left out), read through the views alone.
struct MessageDump {
    private(set) var fields: [(Text, JSONValue)] = []
    var value: JSONValue { .object(JSONObject(fields)) }

    static func dump(_ message: borrowing Message) -> JSONValue {
        let inner: JSONValue
        if message.kind == .eventBatch {
            var batch = MessageDump()
            batch.header(message.header)
            var events: [JSONValue] = []
            var units = message.units()
            while let unit = units.next() { events.append(event(EventView(validated: unit.body), unit.header)) }
            batch.list("events", events)
            inner = batch.value
        } else {
            var units = message.units()
            guard let unit = units.next() else { return .null }
            inner = dump(unit)
        }
        return .object(JSONObject([(Text(message.kind.name), inner)]))
    }

    static func dump(_ unit: borrowing DashStream.Unit) -> JSONValue {
        let body = unit.body
        switch unit.kind {
        case .event: return event(EventView(validated: body), unit.header)
        case .stateDiff: return stateDiff(StateDiffView(validated: body), unit.header)
        case .tokenChunk: return tokenChunk(TokenChunkView(validated: body), unit.header)
        case .toolExecution: return toolExecution(ToolExecutionView(validated: body), unit.header)
        case .checkpoint: return checkpoint(CheckpointView(validated: body), unit.header)
        case .metrics: return metrics(MetricsView(validated: body), unit.header)
        case .error:
            var dump = MessageDump()
            dump.header(unit.header)
            dump.error(ErrorView(validated: body))
            return dump.value
        case .executionTrace: return executionTrace(ExecutionTraceView(validated: body), unit.header)
        case .eventBatch: return .null
        }
    }

    mutating func header(_ header: borrowing Header) {
        var dump = MessageDump()
        dump.bytes("message_id", header.messageID)
        dump.long("timestamp_us", header.timestampMicroseconds)
        dump.text("tenant_id", header.tenantID)
        dump.text("thread_id", header.threadID)
        dump.long("sequence", header.sequence)
        dump.name("type", header.type, EnumNames.messageType)
        dump.bytes("parent_id", header.parentID)
        dump.name("compression", header.compression, EnumNames.compressionType)
        dump.number("schema_version", header.schemaVersion)
        fields.append(("header", dump.value))
    }

    mutating func set(_ name: Text, _ value: JSONValue) { fields.append((name, value)) }
    mutating func text(_ name: Text, _ span: RawSpan) {
        if span.byteCount > 0 { fields.append((name, .string(Text(array(span))))) }
    }
    mutating func bytes(_ name: Text, _ span: RawSpan) {
        if span.byteCount > 0 { fields.append((name, .string(base64(span)))) }
    }
    mutating func long(_ name: Text, _ value: Int64) {
        if value != 0 { fields.append((name, .string(Text("\(value)")))) }
    }
    mutating func long(_ name: Text, _ value: UInt64) {
        if value != 0 { fields.append((name, .string(Text("\(value)")))) }
    }
    mutating func number(_ name: Text, _ value: UInt32) {
        if value != 0 { fields.append((name, .integer(Int64(value)))) }
    }
    mutating func flag(_ name: Text, _ value: Bool) { if value { fields.append((name, .bool(true))) } }
    mutating func name(_ name: Text, _ value: Int32, _ names: [Int32: String]) {
        if value != 0 { fields.append((name, names[value].map { .string(Text($0)) } ?? .integer(Int64(value)))) }
    }
    mutating func list(_ name: Text, _ values: [JSONValue]) {
        if !values.isEmpty { fields.append((name, .array(values))) }
    }
    mutating func map(_ name: Text, _ values: [(Text, JSONValue)]) {
        if !values.isEmpty { fields.append((name, .object(JSONObject(values)))) }
    }
}

func array(_ span: RawSpan) -> String {
    unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
}

func base64(_ span: RawSpan) -> Text {
    Text(unsafe span.withUnsafeBytes { unsafe Data($0).base64EncodedString() })
}

/// A double as the mapping writes it; a number of the other kind too, for Python prints 1e16 and 1.0 its own way.
func float(_ value: Double) -> JSONValue {
    if value.isNaN { return .string("NaN") }
    if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
    return .double(value)
}

/// A float in the fewest digits that read back to it.
func float(_ value: Float) -> JSONValue {
    guard value.isFinite else { return float(Double(value)) }
    return .double(Double("\(value)") ?? 0)
}
