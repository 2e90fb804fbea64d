internal import CZstd

/// Compresses pieces into independent zstd frames.
@safe
final class ZstdWriter {
    private let context: OpaquePointer?
    private let level: Int32

    init(level: Int32 = 3) {
        unsafe context = ZSTD_createCCtx()
        self.level = level
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// The bytes as one frame; nothing for nothing.
    func frame(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, filled in
            unsafe bytes.withUnsafeBytes { source in
                let n = unsafe ZSTD_compressCCtx(
                    context,
                    buffer.baseAddress,
                    bound,
                    source.baseAddress,
                    source.count,
                    level
                )
                filled = ZSTD_isError(n) == 0 ? n : 0
            }
        }
    }
}
