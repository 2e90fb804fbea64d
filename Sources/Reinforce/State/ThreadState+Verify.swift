import DashStream
import JSON

extension ThreadState {
    /// GRAPH_START with `initial_state_json`: the producer starts its diffs anew here.
    mutating func start(_ text: RawSpan) {
        do {
            try work.spend(text.byteCount)
            try set(text)
            verified = true
        } catch {
            verified = false
        }
    }

    /// One StateDiff: a whole state or operations, then the hash.
    mutating func receive(_ diff: borrowing StateDiffView, _ sha: SHA256) {
        let was = verified
        var applied = true
        let isWhole = diff.fullState.byteCount > 0
        if isWhole {
            do {
                try work.spend(diff.fullState.byteCount)
                try set(diff.fullState)
            } catch { applied = false }
        } else if work.isSpent {
            applied = false
        } else {
            do { try apply(diff) } catch { applied = false }
        }
        if !applied {
            verified = false
        } else if diff.stateHash.byteCount > 0 {
            verified = hasHash(diff.stateHash, sha)
        } else {
            verified = was || isWhole
        }
        if verified, !was { resyncs += 1 }
    }

    /// A checkpoint's uncompressed state, already found to have its checksum.
    mutating func receive(checkpoint text: RawSpan) {
        guard (try? work.spend(text.byteCount)) != nil, (try? set(text)) != nil else { return }
        if !verified { resyncs += 1 }
        verified = true
    }

    /// Whether one of the two forms has `hash`; the one that had it last is tried first.
    private mutating func hasHash(_ hash: RawSpan, _ sha: SHA256) -> Bool {
        if matches(hash, exponents, sha) { return true }
        guard shape == .other ? other.hasPositiveExponent : fields.contains(where: \.hasPositiveExponent) else {
            return false
        }
        let second: ExponentForm = exponents == .unsigned ? .signed : .unsigned
        guard matches(hash, second, sha) else { return false }
        exponents = second
        return true
    }

    private mutating func matches(_ hash: RawSpan, _ form: ExponentForm, _ sha: SHA256) -> Bool {
        guard (try? work.spend(textBytes)) != nil else { return false }
        let isSame = withText(form) { sha.hash($0, is: hash) }
        guard isSame else { return false }
        if form == .unsigned { known.append(hash) }
        return true
    }

    /// SHA-256 over the canonical text, unsigned exponents; nil before the first state.
    mutating func digest(_ sha: SHA256) -> [UInt8]? {
        guard shape != .none else { return nil }
        if !known.isEmpty { return known.exactCopy }
        return withText(.unsigned) { sha.hash($0) }
    }

    /// Lends the state's text in one of its forms; the room it is written to is kept, and nobody's but this call's.
    private mutating func withText<R>(_ form: ExponentForm, _ body: (RawSpan) -> R) -> R {
        var text: [UInt8] = []
        swap(&text, &scratch)
        defer { scratch = text }
        text.removeAll(keepingCapacity: true)
        appendText(to: &text, exponents: form)
        return unsafe body(text.span.bytes)
    }
}
