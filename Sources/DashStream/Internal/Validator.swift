/// Checks a message to its last byte: wire format, lengths, UTF-8 of every string, depth. What passes can be read by the
/// views without another check.
enum Validator {
    /// What is wrong, or must be put in order first.
    enum Finding {
        /// Well-formed, and every single message field occurs once.
        case clean
        /// Well-formed; a message field that should occur once comes in pieces, which protobuf merges.
        case pieces
        case malformed, utf8, tooDeep
    }

    /// Checks all of `span`, a message of `type`.
    static func check(_ span: RawSpan, _ type: WireType) -> Finding {
        var finding = Finding.clean
        walk(span, type, 1, &finding)
        return finding
    }

    @discardableResult
    private static func walk(_ span: RawSpan, _ type: WireType, _ depth: Int, _ finding: inout Finding) -> Bool {
        var reader = WireReader(span)
        let kinds = type.kinds
        var seen: UInt32 = 0
        while !reader.isAtEnd {
            guard let tag = reader.tag() else { return fail(.malformed, &finding) }
            let field = tag >> 3
            let kind = field < 16 ? (kinds &>> (4 &* UInt64(field))) & 15 : 0
            switch (tag & 7, kind) {
            case (2, 5):
                guard let text = reader.bytes() else { return fail(.malformed, &finding) }
                guard text.isUTF8 else { return fail(.utf8, &finding) }
            case (2, 6), (2, 9):
                guard let message = reader.bytes() else { return fail(.malformed, &finding) }
                guard depth < WireReader.maxDepth else { return fail(.tooDeep, &finding) }
                guard walk(message, type.child(field), depth &+ 1, &finding) else { return false }
                guard kind == 9 else { continue }
                if seen & (1 &<< field) != 0 { finding = .pieces }
                seen |= 1 &<< field
            case (2, 7):
                guard let packed = reader.bytes() else { return fail(.malformed, &finding) }
                var values = WireReader(packed)
                while !values.isAtEnd { guard values.varint() != nil else { return fail(.malformed, &finding) } }
            case (2, 8):
                guard let packed = reader.bytes(), packed.byteCount % 4 == 0 else { return fail(.malformed, &finding) }
            case (0, _): guard reader.varint() != nil else { return fail(.malformed, &finding) }
            case (2, _): guard reader.bytes() != nil else { return fail(.malformed, &finding) }
            default: guard reader.skip(tag, depth: depth) else { return fail(.malformed, &finding) }
            }
        }
        return true
    }

    private static func fail(_ reason: Finding, _ finding: inout Finding) -> Bool {
        finding = reason
        return false
    }
}
