/// How a file's bytes are packed, told by the first of them.
package enum Packing {
    case zstd, gzip, none

    /// Bytes that must be known to tell.
    static let headBytes = 4

    package init(_ head: [UInt8]) {
        let isFrame = head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        // a frame that decoders pass over (RFC 8878, section 3.1.2): one may stand before the data
        let isSkippable = head.count >= 4 && head[0] & 0xF0 == 0x50 && head[1...3].elementsEqual([0x2A, 0x4D, 0x18])
        self = isFrame || isSkippable ? .zstd : head.starts(with: [0x1F, 0x8B]) ? .gzip : .none
    }
}

/// A file's bytes, decompressed where they are compressed (zstd, gzip).
package func openPlain(_ path: String) throws(InputError) -> any ByteSource {
    let file = try FileBytes(path)
    var head: [UInt8] = []
    while head.count < Packing.headBytes, try file.read(into: &head, atMost: Packing.headBytes - head.count) > 0 {}
    let whole = PrefixedBytes(head, file)
    return switch Packing(head) {
    case .zstd: ZstdBytes(whole, path: path)
    case .gzip: try GzipBytes(whole, path: path)
    case .none: whole
    }
}
