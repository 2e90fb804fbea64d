internal import CCrypto

/// SHA-256 by libcrypto with the algorithm fetched once and one context reused: half the cost of the one-shot calls.
@safe
final class SHA256 {
    /// Nil where libcrypto offers no SHA-256 (a restricted provider); then every digest is empty and nothing verifies.
    private let algorithm: OpaquePointer?
    private let context: OpaquePointer?
    private var digest = [UInt8](repeating: 0, count: 32)

    init() {
        unsafe algorithm = EVP_MD_fetch(nil, "SHA256", nil)
        unsafe context = EVP_MD_CTX_new()
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
        unsafe EVP_MD_free(algorithm)
    }

    /// The digest of `bytes`, 32 bytes.
    func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    /// The digest of `span`, 32 bytes.
    func hash(_ span: RawSpan) -> [UInt8] {
        unsafe span.withUnsafeBytes { unsafe hash($0) }
    }

    /// Whether `digest` is the digest of `span`; no memory is taken for it.
    func hash(_ span: RawSpan, is digest: RawSpan) -> Bool {
        guard unsafe span.withUnsafeBytes({ unsafe fill($0) }) else { return false }
        let own = self.digest
        return unsafe own.span.bytes.hasSameBytes(as: digest)
    }

    private func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        unsafe fill(bytes) ? digest : []
    }

    private func fill(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var length: UInt32 = 32
        return unsafe digest.withUnsafeMutableBufferPointer { out in
            unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
                && EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
                && EVP_DigestFinal_ex(context, out.baseAddress, &length) == 1
        }
    }
}

/// SHA-256 of bytes: what a producer writes as `state_hash` over the canonical text of its state.
public func sha256(_ bytes: [UInt8]) -> [UInt8] { SHA256().hash(bytes) }

/// SHA-256 of bytes that are borrowed.
public func sha256(_ span: RawSpan) -> [UInt8] { SHA256().hash(span) }
