internal import JSON
internal import Kafka
internal import Pipeline
internal import Problems
internal import Reinforce
internal import Telemetry
public import Terminal

/// Dead letters, counted, and one of them shown with its bytes.
public struct DeadLetterReport: Sendable {
    /// How many there are.
    public private(set) var count = 0
    /// How many of each reason.
    public private(set) var reasons: [String: Int] = [:]
    /// The one that is shown.
    public private(set) var shown: DeadLetterRecord?
    /// The first ones, for a list.
    private var first: [DeadLetterRecord] = []
    private static let listed = 20

    /// Reads all that the filter chooses.
    ///
    /// - Parameter number: the one that is shown, from 0; nil: the first.
    /// - Throws: where they cannot be read, or there is none of that number.
    public init(_ source: DeadLetterSource, _ filter: DeadLetterFilter, show number: Int?) throws {
        var (count, reasons, first) = (0, [String: Int](), [DeadLetterRecord]())
        var shown: DeadLetterRecord?
        try source.forEach { letter in
            guard filter.matches(letter) else { return }
            if count == number ?? 0 { shown = letter }
            if first.count < Self.listed { first.append(letter) }
            count += 1
            reasons[letter.reason, default: 0] += 1
        }
        if let number, shown == nil {
            throw PipelineProblem(.input, "there are \(count) dead letters, so none has number \(number) (from 0)")
        }
        (self.count, self.reasons, self.first, self.shown) = (count, reasons, first, shown)
    }

    /// For a person.
    public func text(_ style: TextStyle) -> String {
        var text = style.bold("\(count) dead letters") + "\n"
        for (reason, count) in reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            text += "  " + printable(reason).padded(24) + String(count) + "\n"
        }
        if count > 0 { text += "\n" }
        for (number, letter) in first.enumerated() {
            text += "  " + String(number).padded(-4) + "  " + printable(letter.origin).padded(36)
            text += style.odd(printable(letter.reason).padded(22)) + printable(letter.message, limit: 100) + "\n"
        }
        if count > first.count { text += "  … and \(count - first.count) more\n" }
        guard let shown else { return text }
        text += "\n" + style.bold(printable(shown.origin)) + "  (\(printable(shown.place)))\n"
        text += "  \(printable(shown.stage)): " + style.bad(printable(shown.reason)) + ", \(printable(shown.message))\n"
        if let timestamp = shown.timestamp, timestamp >= 0 { text += "  written \(Telemetry.timestamp(timestamp))\n" }
        if let key = shown.key { text += "  key \(printable(String(decoding: key, as: UTF8.self)))\n" }
        for header in shown.headers {
            let value = header.value.map { printable(String(decoding: $0, as: UTF8.self), limit: 200) } ?? "null"
            text += "  header \(printable(header.name)): \(value)\n"
        }
        guard let value = shown.value else { return text + "  no value\n" }
        return text + "  \(value.count) bytes\n" + hexDump(value, limit: 1024)
    }

    /// As one JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("count")
        writer.integer(Int64(count))
        writer.key("reasons")
        writer.beginObject()
        for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) {
            writer.key(reason)
            writer.integer(Int64(count))
        }
        writer.endObject()
        writer.key("shown")
        if let shown {
            writer.beginObject()
            for (name, text) in [
                ("place", shown.place), ("topic", shown.topic), ("stage", shown.stage), ("reason", shown.reason),
                ("message", shown.message),
            ] {
                writer.key(name)
                writer.string(text)
            }
            for (name, number) in [
                ("partition", shown.partition.map(Int64.init)), ("offset", shown.offset),
                ("timestamp_ms", shown.timestamp),
            ] {
                writer.key(name)
                if let number { writer.integer(number) } else { writer.null() }
            }
            writer.key("value_base64")
            if let value = shown.value { writer.string(unsafe base64(value.span.bytes)) } else { writer.null() }
            writer.endObject()
        } else {
            writer.null()
        }
        writer.endObject()
        return writer.bytes
    }
}

/// Sixteen bytes a line: offset, hexadecimal, text.
func hexDump(_ bytes: [UInt8], limit: Int) -> String {
    var text = ""
    for start in stride(from: 0, to: min(limit, bytes.count), by: 16) {
        let row = bytes[start..<min(bytes.count, start + 16)]
        let offset = String(start, radix: 16)
        var line = "  " + String(repeating: "0", count: max(0, 8 - offset.count)) + offset + " "
        for index in 0..<16 {
            if index == 8 { line += " " }
            line += index < row.count ? " " + [row[start + index]].hexadecimal : "   "
        }
        line += "  |" + String(row.map { (0x20..<0x7F).contains($0) ? Character(UnicodeScalar($0)) : "." }) + "|"
        text += line + "\n"
    }
    if bytes.count > limit { text += "  … and \(bytes.count - limit) more bytes\n" }
    return text
}
