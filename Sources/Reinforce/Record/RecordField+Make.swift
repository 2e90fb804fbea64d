import JSON

/// What is written in the tables, one function for each kind of value.
extension RecordField {
    typealias From<Value> = @Sendable (Row) -> Value

    static func text(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        _ value: @escaping From<Text>
    ) -> Self { Self(number, name, about, digest, .text(value)) }

    static func optionalText(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        omits: Bool = false,
        _ value: @escaping From<Text?>
    ) -> Self { Self(number, name, about, digest, .optionalText(omits: omits, value)) }

    static func integer(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        as integer: RecordInteger = .int32,
        digest: RecordDigest? = nil,
        _ value: @escaping From<Int64>
    ) -> Self { Self(number, name, about, digest, .integer(integer, value)) }

    static func optionalInteger(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        as integer: RecordInteger = .int32,
        digest: RecordDigest? = nil,
        omits: Bool = false,
        _ value: @escaping From<Int64?>
    ) -> Self { Self(number, name, about, digest, .optionalInteger(integer, omits: omits, value)) }

    static func number(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        _ value: @escaping From<Double>
    ) -> Self { Self(number, name, about, digest, .number(value)) }

    static func optionalNumber(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        omits: Bool = false,
        _ value: @escaping From<Double?>
    ) -> Self { Self(number, name, about, digest, .optionalNumber(omits: omits, value)) }

    static func rendered(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        _ value: @escaping From<RenderedNumber>
    ) -> Self { Self(number, name, about, digest, .rendered(value)) }

    static func flag(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        _ value: @escaping From<Bool>
    ) -> Self { Self(number, name, about, nil, .flag(value)) }

    static func literal(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        part: RecordPart = .always,
        _ value: @escaping From<RenderedText>
    ) -> Self { Self(number, name, about, digest, .literal(value), part: part) }

    static func object(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        part: RecordPart = .always,
        _ value: @escaping From<RenderedText>
    ) -> Self { Self(number, name, about, digest, .object(value), part: part) }

    static func texts(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        _ value: @escaping From<[Text]>
    ) -> Self { Self(number, name, about, nil, .texts(value)) }

    static func numbers(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        part: RecordPart = .always,
        _ value: @escaping From<[UInt32]>
    ) -> Self { Self(number, name, about, digest, .numbers(value), part: part) }

    static func floats(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        _ value: @escaping From<[Float]>
    ) -> Self { Self(number, name, about, nil, .floats(value)) }
}

/// What calls need beyond the rest.
extension RecordField {
    static func logprobs(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString,
        digest: RecordDigest?,
        part: RecordPart,
        _ value: @escaping From<[Float]>
    ) -> Self { Self(number, name, about, digest, .logprobs(value), part: part) }

    static func optionalLiteral(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString,
        digest: RecordDigest?,
        _ value: @escaping From<ArenaText?>
    ) -> Self { Self(number, name, about, digest, .optionalLiteral(value)) }

    static func optionalJSON(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString,
        digest: RecordDigest? = nil,
        part: RecordPart = .always,
        omits: Bool,
        _ value: @escaping From<ArenaText?>
    ) -> Self { Self(number, name, about, digest, .optionalJSON(omits: omits, value), part: part) }

    /// - Parameters:
    ///   - wrapper: the protobuf message that holds the list.
    ///   - isThere: false: null.
    static func optionalMessages<Child>(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString,
        digest: RecordDigest?,
        part: RecordPart,
        wrapper: StaticString,
        _ table: RecordTable<Child>,
        isThere: @escaping From<Bool>,
        _ forEach: @escaping @Sendable (Row, (Child) -> Void) -> Void
    ) -> Self {
        let nested = RecordNested<Row>(table, digest, forEach)
        return Self(
            number,
            name,
            about,
            digest,
            .optionalMessages(nested, wrapper: wrapper, isThere: isThere),
            part: part
        )
    }
}

/// Messages within messages.
extension RecordField {
    static func message<Child>(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        _ table: RecordTable<Child>,
        _ child: @escaping From<Child>
    ) -> Self {
        Self(number, name, about, digest, .message(RecordNested(table, digest) { row, body in body(child(row)) }))
    }

    static func optionalMessage<Child>(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        part: RecordPart = .always,
        _ table: RecordTable<Child>,
        _ child: @escaping From<Child?>
    ) -> Self {
        let nested = RecordNested<Row>(table, digest) { row, body in if let child = child(row) { body(child) } }
        return Self(number, name, about, digest, .optionalMessage(nested), part: part)
    }

    /// - Parameter forEach: calls its body with every element, in order.
    static func messages<Child>(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        digest: RecordDigest? = nil,
        part: RecordPart = .always,
        _ table: RecordTable<Child>,
        _ forEach: @escaping @Sendable (Row, (Child) -> Void) -> Void
    ) -> Self { Self(number, name, about, digest, .messages(RecordNested(table, digest, forEach)), part: part) }

    static func bodies(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString = "",
        _ shape: RecordShape,
        _ value: @escaping From<[RenderedGroup]>
    ) -> Self { Self(number, name, about, nil, .bodies(shape, value)) }
}
