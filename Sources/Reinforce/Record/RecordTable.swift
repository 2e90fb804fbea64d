import JSON

/// A message of the record: its fields in the order of the JSON.
struct RecordTable<Row>: Sendable {
    let shape: RecordShape
    /// Appends a row as a JSON object, keys in the order of the table.
    let json: RecordAppender<Row>
    /// In the order of their numbers, as protobuf libraries write them.
    let numbered: [RecordField<Row>]
    /// Appends a row as it stands in the digest: content only, keys in the order of their names, whole whatever the settings
    /// leave out.
    let digest: RecordAppender<Row>

    /// - Parameters:
    ///   - name: the message's name in protobuf.
    ///   - about: what it is, for the schemas.
    ///   - fields: in the order of the JSON; the first one is never left out.
    init(_ name: StaticString, _ about: StaticString, _ fields: [RecordField<Row>]) {
        shape = RecordShape(name: name, about: about, fields: fields.map(RecordShape.Field.init))
        let written = fields.filter { $0.number > 0 }
        json = Self.object(
            written.enumerated().map { index, field in
                field.appender(behind: Self.key("\(field.name)", isFirst: index == 0), isDigest: false)
            }
        )
        numbered = written.sorted { $0.number < $1.number }
        let counted = fields.compactMap { field in field.digest.map { (name: $0.name(of: field.name), field: field) } }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        digest = Self.object(
            counted.enumerated().map { index, entry in
                entry.field.appender(behind: Self.key(entry.name, isFirst: index == 0), isDigest: true)
            }
        )
    }

    private static func key(_ name: String, isFirst: Bool) -> [UInt8] {
        Array("\(isFirst ? "{" : ",")\"\(name)\":".utf8)
    }
}

extension RecordDigest {
    /// The field's name in the digest.
    func name(of field: StaticString) -> String {
        switch self {
        case .same, .whereAny: "\(field)"
        case .list(let name, _): "\(name)"
        }
    }
}

/// Messages within a row, whatever their own rows are.
struct RecordNested<Row>: Sendable {
    let shape: RecordShape
    /// Appends them with commas between; false: there was none.
    let json: RecordAppender<Row>
    let digest: RecordAppender<Row>
    let protobuf: @Sendable (Row, UInt32, inout RecordMessage) -> Void

    init<Child>(
        _ table: RecordTable<Child>,
        _ digest: RecordDigest?,
        _ forEach: @escaping @Sendable (Row, (Child) -> Void) -> Void
    ) {
        shape = table.shape
        var counts: (@Sendable (Child) -> Bool)?
        if case .list(_, let name) = digest {
            for field in table.numbered where "\(field.name)" == "\(name)" {
                if case .flag(let flag) = field.value { counts = flag }
            }
        }
        let (writeJSON, writeDigest) = (table.json, table.digest)
        json = RecordAppender { row, text in
            var isFirst = true
            forEach(row) { child in
                if !isFirst { text.bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                _ = writeJSON(child, &text)
            }
            return !isFirst
        }
        self.digest = RecordAppender { [counts] row, text in
            var isFirst = true
            forEach(row) { child in
                if let counts, !counts(child) { return }
                if !isFirst { text.bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                _ = writeDigest(child, &text)
            }
            return !isFirst
        }
        protobuf = { row, number, message in
            forEach(row) { child in
                let start = message.writer.begin(number)
                table.append(protobufOf: child, to: &message)
                message.writer.end(start)
            }
        }
    }
}
