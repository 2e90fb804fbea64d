internal import CZstd

/// Packs messages into frames as producers do: above 512 bytes zstd at level 3, where that is smaller.
@safe
public struct FrameEncoder: ~Copyable {
    private let context: OpaquePointer?
    private let threshold: Int

    /// - Parameter threshold: bytes above which a message is compressed.
    public init(threshold: Int = 512) {
        unsafe context = ZSTD_createCCtx()
        self.threshold = threshold
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// A record's value.
    public func encode(_ message: OutgoingMessage) -> [UInt8] { encode(message.bytes) }

    /// A record's value, from a message's bytes.
    public func encode(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > threshold else { return [0] + bytes }
        let bound = ZSTD_compressBound(bytes.count)
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            unsafe bytes.withUnsafeBytes { source in
                let n = unsafe ZSTD_compressCCtx(
                    context,
                    target.baseAddress,
                    bound,
                    source.baseAddress,
                    source.count,
                    3
                )
                count = ZSTD_isError(n) == 0 ? n : 0
            }
        }
        return packed.isEmpty || packed.count >= bytes.count ? [0] + bytes : [1] + packed
    }
}
