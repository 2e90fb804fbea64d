internal import CZstd

/// Decompresses zstd frames one after another as they are read.
@safe
package final class ZstdBytes: ByteSource {
    private let source: any ByteSource
    private let path: String
    private let context: OpaquePointer?
    private var compressed: [UInt8] = []
    private var position = 0
    private var ended = false
    /// The last frame was read to its end.
    private var isBetweenFrames = true
    /// Where each frame begins that may still be asked for: compressed and decompressed bytes before it.
    private var frames: [(compressed: Int64, decompressed: Int64)] = [(0, 0)]
    /// Bytes that went in and came out so far.
    package private(set) var done: (compressed: Int64, decompressed: Int64) = (0, 0)

    package init(_ source: any ByteSource, path: String) {
        self.source = source
        self.path = path
        unsafe context = ZSTD_createDCtx()
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    package func read(into bytes: inout [UInt8], atMost count: Int) throws(InputError) -> Int {
        let capacity = min(count, 1 << 20)
        while true {
            if position == compressed.count, !ended {
                compressed.removeAll(keepingCapacity: true)
                position = 0
                ended = try source.read(into: &compressed, atMost: 1 << 20) == 0
            }
            var failure: String?
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
                unsafe compressed.withUnsafeBytes { input in
                    var from = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
                    var to = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: capacity, pos: 0)
                    let result = unsafe ZSTD_decompressStream(context, &to, &from)
                    done.compressed += unsafe Int64(from.pos - position)
                    done.decompressed += unsafe Int64(to.pos)
                    if ZSTD_isError(result) != 0 {
                        unsafe failure = String(cString: ZSTD_getErrorName(result))
                    } else if unsafe from.pos > position || to.pos > 0 {
                        isBetweenFrames = result == 0
                        if isBetweenFrames { noteFrame() }
                    }
                    unsafe position = from.pos
                    unsafe filled = to.pos
                }
            }
            if let failure { throw InputError(.damaged, path, "\(path) is no whole zstd file: \(failure)") }
            if !piece.isEmpty {
                bytes.append(contentsOf: piece)
                return piece.count
            }
            if ended, position == compressed.count {
                guard isBetweenFrames else {
                    throw InputError(.cut, path, "\(path) ends within a zstd frame: it was cut")
                }
                return 0
            }
        }
    }

    /// A frame begins here; one that nothing came out of is of no use to anybody.
    private func noteFrame() {
        if frames[frames.count - 1].decompressed == done.decompressed { frames.removeLast() }
        frames.append(done)
    }

    /// The last frame that begins at or before a decompressed byte; those before it are forgotten.
    package func frame(before byte: Int64) -> (compressed: Int64, decompressed: Int64) {
        // all at once: small frames are many
        let passed = (frames.firstIndex { $0.decompressed > byte } ?? frames.count) - 1
        if passed > 0 { frames.removeFirst(passed) }
        return frames[0]
    }
}
