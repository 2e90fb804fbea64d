internal import CZlib

/// Decompresses gzip members one after another as they are read.
@safe
final class GzipBytes: ByteSource {
    private let source: any ByteSource
    private let path: String
    /// Where it stays: zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var compressed: [UInt8] = []
    private var position = 0
    private var ended = false
    /// The last member was read to its end.
    private var isBetweenMembers = false

    /// - Throws: where zlib has no memory.
    init(_ source: any ByteSource, path: String) throws(InputError) {
        self.source = source
        self.path = path
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 16: a gzip header and its checksum, not zlib's own
        let result = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            throw InputError(.unreadable, path, "cannot read \(path): zlib says \(result)")
        }
    }

    deinit {
        unsafe _ = inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    func read(into bytes: inout [UInt8], atMost count: Int) throws(InputError) -> Int {
        let capacity = min(count, 1 << 20)
        while true {
            if position == compressed.count, !ended {
                compressed.removeAll(keepingCapacity: true)
                position = 0
                ended = try source.read(into: &compressed, atMost: 1 << 20) == 0
            }
            if ended, position == compressed.count {
                guard isBetweenMembers else {
                    throw InputError(.cut, path, "\(path) ends within its gzip data: it was cut")
                }
                return 0
            }
            let (piece, result) = inflate(capacity)
            isBetweenMembers = result == Z_STREAM_END
            if isBetweenMembers {
                unsafe _ = inflateReset(stream)
            } else if result != Z_OK, result != Z_BUF_ERROR {
                throw InputError(.damaged, path, "\(path) is no whole gzip file: its data is damaged")
            }
            if !piece.isEmpty {
                bytes.append(contentsOf: piece)
                return piece.count
            }
        }
    }

    /// One step: what comes out, and what zlib says.
    private func inflate(_ capacity: Int) -> (piece: [UInt8], result: Int32) {
        var result = Z_OK
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
            unsafe compressed.withUnsafeMutableBytes { input in
                let start = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.next_in = start.map { unsafe $0 + position }
                unsafe stream.pointee.avail_in = UInt32(clamping: input.count - position)
                unsafe stream.pointee.next_out = buffer.baseAddress
                unsafe stream.pointee.avail_out = UInt32(clamping: capacity)
                result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                unsafe position = input.count - Int(stream.pointee.avail_in)
                unsafe filled = capacity - Int(stream.pointee.avail_out)
            }
        }
        return (piece, result)
    }
}
