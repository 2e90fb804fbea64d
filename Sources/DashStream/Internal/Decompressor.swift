internal import CZstd

/// Decompresses zstd within a bound that what a frame claims about itself cannot move.
@safe
public struct Decompressor: ~Copyable {
    private let context: OpaquePointer?
    private var piece: [UInt8] = []

    /// A decompressor with a context of its own, reused from frame to frame.
    public init() { unsafe context = ZSTD_createDCtx() }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Decompresses every frame of `span` into `bytes`, replacing what they held.
    ///
    /// - Parameter limit: bytes that may come out. Of nothing comes nothing.
    /// - Throws: ``Poison`` with `decompression_error`.
    public mutating func decompress(_ span: RawSpan, limit: Int, into bytes: inout [UInt8]) throws(Poison) {
        bytes.removeAll(keepingCapacity: true)
        let declared = unsafe span.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // a size that is declared is a hint for the allocation, never more than what could come out at all
        let hint = declared < UInt64(limit) ? Int(declared) : min(limit, span.byteCount * 8)
        bytes.reserveCapacity(max(hint, 64))
        if declared <= UInt64(limit), span.isOnePlainFrame, decompressWhole(span, Int(declared), into: &bytes) {
            return
        }
        if piece.isEmpty { piece = [UInt8](repeating: 0, count: 128 << 10) }
        unsafe _ = ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var consumed = 0
        var finished = true
        while consumed < span.byteCount || !finished {
            var produced = 0
            var result = 0
            var progressed = false
            unsafe span.withUnsafeBytes { source in
                unsafe piece.withUnsafeMutableBytes { target in
                    var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: consumed)
                    var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    unsafe result = ZSTD_decompressStream(context, &output, &input)
                    unsafe progressed = input.pos > consumed || output.pos > 0
                    unsafe consumed = input.pos
                    unsafe produced = output.pos
                }
            }
            guard ZSTD_isError(result) == 0 else {
                let why = unsafe String(cString: ZSTD_getErrorName(result))
                throw Poison(.decompressionError, "the zstd frame is damaged (\(why))")
            }
            guard bytes.count + produced <= limit else {
                throw Poison(.decompressionError, "more than \(limit) bytes come out of the zstd frame")
            }
            bytes.append(contentsOf: piece[..<produced])
            finished = result == 0
            guard progressed else { throw Poison(.decompressionError, "the zstd frame is cut") }
        }
        guard finished else { throw Poison(.decompressionError, "the zstd frame is cut") }
    }

    /// One frame that tells its size, straight to where it is read; false, and nothing written, where it is not so or is
    /// damaged: the other way tells what is wrong.
    private func decompressWhole(_ span: RawSpan, _ count: Int, into bytes: inout [UInt8]) -> Bool {
        bytes.append(addingCapacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { target, filled in
                unsafe span.withUnsafeBytes { source in
                    let n = unsafe ZSTD_decompressDCtx(
                        context,
                        target.baseAddress,
                        count,
                        source.baseAddress,
                        source.count
                    )
                    filled = ZSTD_isError(n) == 0 ? n : 0
                }
            }
        }
        if bytes.count == count { return true }
        bytes.removeAll(keepingCapacity: true)
        return false
    }
}

extension RawSpan {
    /// A single zstd frame of a window that any decoder takes (RFC 8878, section 3.1.1.1).
    fileprivate var isOnePlainFrame: Bool {
        guard byteCount >= 6, beginsLikeZstd else { return false }
        let descriptor = unsafe unsafeLoad(fromUncheckedByteOffset: 4, as: UInt8.self)
        let window = unsafe unsafeLoad(fromUncheckedByteOffset: 5, as: UInt8.self)
        guard descriptor & 0x20 != 0 || window >> 3 <= 16 else { return false }
        return unsafe withUnsafeBytes { unsafe ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) == $0.count }
    }
}
