import DashStream
import Files
import JSON
import Kafka
import Reinforce

/// A record that could not be read, as a line of the dead-letter file.
struct DeadLetter: Sendable {
    /// Position in the input, or in its partition where that is not known yet; from 0.
    let number: Int
    /// The line behind its first field.
    let rest: [UInt8]

    /// A letter that was kept.
    init(number: Int, rest: [UInt8]) {
        self.number = number
        self.rest = rest
    }

    init(
        _ poison: Poison,
        _ position: RecordPosition,
        key: RawSpan,
        value: RawSpan?,
        number: Int,
        topic: String,
        stage: String = "decode"
    ) {
        self.number = number
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("topic")
        writer.string(topic)
        writer.key("partition")
        writer.integer(Int64(position.partition))
        writer.key("offset")
        writer.integer(position.offset)
        writer.key("timestamp_ms")
        writer.integer(position.timestamp)
        writer.key("stage")
        writer.string(stage)
        writer.key("reason")
        writer.string(poison.reason.rawValue)
        writer.key("message")
        writer.string(poison.message)
        writer.key("key")
        writer.string(Text(utf8: key)?.string ?? base64(key))
        if Text(utf8: key) == nil {
            // what stands above could be taken for a text
            writer.key("key_base64")
            writer.string(base64(key))
        }
        writer.key("value_base64")
        if let value { writer.string(base64(value)) } else { writer.null() }
        writer.endObject()
        rest = Array(writer.bytes.dropFirst())
    }

    /// A record of the examples topic that is no example; it has no position in the input.
    static func line(_ broken: BrokenExample) -> [UInt8] {
        let none: [UInt8] = []
        let (key, value) = (broken.key ?? none, broken.value ?? none)
        let letter = unsafe DeadLetter(
            broken.poison,
            RecordPosition(partition: broken.place.partition, offset: broken.offset, timestamp: broken.timestamp),
            key: key.span.bytes,
            value: broken.value == nil ? nil : value.span.bytes,
            number: 0,
            topic: broken.place.topic,
            stage: "examples"
        )
        return Array("{\"index\":null,".utf8) + letter.rest
    }

    /// The line, once the position in the input is known.
    func line(index: Int) -> [UInt8] { Array("{\"index\":\(index),".utf8) + rest }
}

/// Bytes in base64 (RFC 4648, section 4).
package func base64(_ span: RawSpan) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((span.byteCount + 2) / 3 * 4)
    var reader = LittleEndianReader(span)
    var left = span.byteCount
    while left > 0 {
        let n = min(3, left)
        var word: UInt32 = 0
        for index in 0..<3 {
            let byte = index < n ? reader.integer(1) ?? 0 : 0
            word = word << 8 | UInt32(byte)
        }
        for index in 0..<4 {
            text.append(index <= n ? digits[Int(word >> UInt32(18 - 6 * index)) & 63] : UInt8(ascii: "="))
        }
        left -= n
    }
    return String(decoding: text, as: UTF8.self)
}
