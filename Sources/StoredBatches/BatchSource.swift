internal import Files
internal import Foundation
package import Kafka
internal import Recordings
package import Reinforce

/// Where batches lie that were written before.
public enum BatchSource: Sendable, Hashable {
    /// A file of a batch a line, or of protobuf batches, each behind its length: by its name, else as `output.format` says;
    /// `.zst` and `.gz` too; `-`: standard input.
    case file(String)
    /// A topic, read from its first record to where it ends now.
    case topic(String)

    /// What a user typed: `topic:NAME`, else a file.
    public init(_ text: String) {
        self = text.hasPrefix("topic:") ? .topic(String(text.dropFirst(6))) : .file(text)
    }

    /// A record there has a limit.
    package var isBounded: Bool { if case .topic = self { true } else { false } }

    /// Calls `body` with every batch's bytes, and where it stands.
    ///
    /// - Parameters:
    ///   - format: what files hold whose names do not say it.
    ///   - client: where the brokers are.
    ///   - body: gets the place as `line 3`, `batch 3` or `reinforce[0] offset 7`, and the bytes; it may end the reading by an error.
    /// - Returns: what is wrong with the source as a whole, in one sentence; nil where it is whole.
    package func forEach(
        _ format: BatchConfiguration.Format,
        _ client: ClientConfiguration,
        _ body: (_ place: String, _ bytes: [UInt8]) throws -> Void
    ) throws -> String? {
        switch self {
        case .file(let path) where format.ofFile(path) == .protobuf:
            return try Self.forEachMessage(of: path) { try body("batch \($0)", $1) }
        case .file(let path): return try Self.forEachLine(of: path) { try body("line \($0)", $1) }
        case .topic(let name):
            try WholeTopic(name, client).forEach { record in
                guard let value = record.value else { return }
                let place = "\(record.topic)[\(record.partition)] offset \(record.offset)"
                try body(place, [UInt8](value))
            }
            return nil
        }
    }

    /// Calls `body` with every line and its number from 1; blank lines are passed over.
    ///
    /// - Returns: what is wrong with the file as a whole; what came before it was handed over.
    package static func forEachLine(of path: String, _ body: (_ line: Int, _ bytes: [UInt8]) throws -> Void) throws
        -> String?
    {
        let source = try openPlain(path)
        var buffer: [UInt8] = []
        var number = 0
        while buffer.count < 3, try source.read(into: &buffer, atMost: 3 - buffer.count) > 0 {}
        buffer = try withoutByteOrderMark(buffer, path)
        var isFirst = true
        while true {
            // what was looked at before holds no end of a line
            var seen = isFirst ? 0 : buffer.count
            isFirst = false
            do {
                guard try source.read(into: &buffer, atMost: 1 << 20) > 0 else { break }
            } catch {
                return error.description
            }
            var start = 0
            while let end = buffer[seen...].firstIndex(of: 0x0A) {
                number += 1
                if end > start { try body(number, Array(buffer[start..<end])) }
                start = end + 1
                seen = start
            }
            buffer.removeFirst(start)
        }
        guard !buffer.isEmpty else { return nil }
        try body(number + 1, buffer)
        return "\(path) is cut: line \(number + 1) has no end"
    }

    /// Calls `body` with every message that stands behind its length, a varint, and its number from 1.
    ///
    /// - Returns: what is wrong with the file as a whole; what came before it was handed over.
    private static func forEachMessage(of path: String, _ body: (_ number: Int, _ bytes: [UInt8]) throws -> Void) throws
        -> String?
    {
        let source = try openPlain(path)
        var buffer: [UInt8] = []
        var number = 0
        while true {
            var start = 0
            while let (head, count) = lengthPrefix(buffer[start...]), head + count <= buffer.count - start {
                number += 1
                try body(number, Array(buffer[(start + head)..<(start + head + count)]))
                start += head + count
            }
            buffer.removeFirst(start)
            do {
                if try source.read(into: &buffer, atMost: 1 << 20) == 0 { break }
            } catch {
                return error.description
            }
        }
        return buffer.isEmpty ? nil : "\(path) is cut: batch \(number + 1) has no end"
    }

    /// A varint at the beginning: the bytes it takes, and its value; nil where it is not whole or no length.
    private static func lengthPrefix(_ bytes: ArraySlice<UInt8>) -> (head: Int, count: Int)? {
        var value = 0
        for (index, byte) in bytes.prefix(5).enumerated() {
            value |= Int(byte & 0x7F) << (7 * index)
            if byte < 0x80 { return (index + 1, value) }
        }
        return nil
    }
}
