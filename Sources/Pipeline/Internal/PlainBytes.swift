/// How a file's bytes are packed, told by the first of them.
enum Packing {
    case zstd, gzip, none

    /// Bytes that must be known to tell.
    static let headBytes = 4

    init(_ head: [UInt8]) {
        let isFrame = head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        // a frame that decoders pass over (RFC 8878, section 3.1.2): one may stand before the data
        let isSkippable = head.count >= 4 && head[0] & 0xF0 == 0x50 && head[1...3].elementsEqual([0x2A, 0x4D, 0x18])
        self = isFrame || isSkippable ? .zstd : head.starts(with: [0x1F, 0x8B]) ? .gzip : .none
    }
}

/// A file's bytes, decompressed where they are compressed (zstd, gzip).
func openPlain(_ path: String) throws(RecordingError) -> any ByteSource {
    let file = try FileBytes(path)
    var head: [UInt8] = []
    while head.count < Packing.headBytes, try file.read(into: &head, atMost: Packing.headBytes - head.count) > 0 {}
    let whole = Prefixed(head, file)
    return switch Packing(head) {
    case .zstd: ZstdBytes(whole, path: path)
    case .gzip: try GzipBytes(whole, path: path)
    case .none: whole
    }
}

/// The bytes of a text that are its own: without a byte order mark.
///
/// - Throws: ``PipelineProblem`` where the text is not UTF-8 by its first bytes.
func withoutByteOrderMark(_ bytes: [UInt8], _ path: String) throws(PipelineProblem) -> [UInt8] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes[3...]) }
    let isMarked = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    // no text of JSON or YAML holds a zero byte; UTF-16 has one for every letter of ASCII
    let isWide = bytes.count >= 2 && (bytes[0] == 0) != (bytes[1] == 0)
    guard !isMarked, !isWide else {
        throw PipelineProblem(
            .data,
            "\(path) is UTF-16; write it as UTF-8 (iconv -f UTF-16 -t UTF-8 \(path) > FILE)"
        )
    }
    return bytes
}
