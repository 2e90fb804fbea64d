import JSON

/// The state of a thread between two messages: canonical text in an arena that only grows while the thread is folded.
struct ThreadState {
    enum Shape {
        /// Nothing has set a state yet.
        case none
        case object
        /// An array, a string, a number: such states have no fields.
        case other
    }

    /// The text that fields refer to.
    var arena: [UInt8] = []
    var shape = Shape.none
    /// In the order of their keys' bytes.
    var fields: [StateField] = []
    /// The fields before the diff at hand.
    var undo: [StateField] = []
    /// The whole text, where the state is no object.
    var other = StateField(key: .empty, name: .empty, value: .empty, hasPositiveExponent: false)
    /// The text is known to be the producer's.
    var verified = false
    /// Unverified states that became verified again.
    var resyncs = 0
    /// The form of exponents that last had the hash; tried first.
    var exponents = ExponentForm.unsigned
    /// Fields taken apart while a diff is applied.
    var trees: [Text: JSONValue] = [:]
    /// Changes inside fields that were made without that, of the diff at hand.
    var splices = 0
    /// The digest of the text as it stands, unsigned exponents; empty where it was not taken.
    var known: [UInt8] = []
    /// What following it may still cost.
    var work = StateWork()
    var scratch: [UInt8] = []

    /// Begins anew, with the memory that is there.
    mutating func reset() {
        // one large thread must not keep its room for ever
        let isLarge = arena.capacity > 1 << 20
        arena.removeAll(keepingCapacity: !isLarge)
        scratch.removeAll(keepingCapacity: !isLarge)
        known.removeAll(keepingCapacity: true)
        shape = .none
        fields.removeAll(keepingCapacity: true)
        other = StateField(key: .empty, name: .empty, value: .empty, hasPositiveExponent: false)
        verified = false
        resyncs = 0
        exponents = .unsigned
        work = StateWork()
    }

    /// Sets the whole state from JSON text. On an error nothing changes.
    mutating func set(_ text: RawSpan) throws(JSONError) {
        known.removeAll(keepingCapacity: true)
        let start = arena.count
        let canonical = try appendCanonical(of: text, to: &arena, isExact: true)
        adopt(ByteRange(start, arena.count), hasPositiveExponent: canonical.hasPositiveExponent)
    }

    /// Takes canonical text that stands in the arena as the state.
    mutating func adopt(_ text: ByteRange, hasPositiveExponent: Bool) {
        if arena.span(text).byteCount > 0, arena[Int(text.start)] == UInt8(ascii: "{") {
            shape = .object
            split(text)
            if !hasPositiveExponent { return }
            for index in fields.indices {
                fields[index].hasPositiveExponent = hasSeveralForms(arena.span(fields[index].value))
            }
        } else {
            shape = .other
            fields.removeAll(keepingCapacity: true)
            other = StateField(key: .empty, name: .empty, value: text, hasPositiveExponent: hasPositiveExponent)
        }
    }

    /// The state's text in one of the two forms that producers hash; nil: with every digit of every number.
    func appendText(to bytes: inout [UInt8], exponents: ExponentForm?) {
        switch shape {
        case .none: bytes.append("null")
        case .other: append(other, exponents, to: &bytes)
        case .object:
            bytes.append(UInt8(ascii: "{"))
            var isFirst = true
            for field in fields {
                let isPlain = exponents == nil || !field.hasPositiveExponent
                let value = arena.span(isPlain ? field.value : .empty)
                bytes.append(field: arena.span(field.name), value, isFirst: isFirst)
                if !isPlain { append(field, exponents, to: &bytes) }
                isFirst = false
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private func append(_ field: StateField, _ exponents: ExponentForm?, to bytes: inout [UInt8]) {
        if let exponents, field.hasPositiveExponent {
            appendHashedForm(of: arena.span(field.value), exponents, to: &bytes)
        } else {
            bytes.append(arena, field.value)
        }
    }

    /// The index of the field with these key bytes, or where it would stand.
    func position(of key: RawSpan) -> (index: Int, found: Bool) {
        var low = 0
        var high = fields.count
        while low < high {
            let middle = (low + high) / 2
            let order = compareBytes(arena.span(fields[middle].key), key)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// A node looks at all fields; a state that has cost too much is not followed any more.
    mutating func lookAtFields() {
        guard verified else { return }
        do { try work.spend(fields.count * 4) } catch { verified = false }
    }
}
