import JSON

/// A field of the record on `reinforce`, described once: JSON, protobuf, the digest, `docs/reinforce.proto` and
/// `docs/reinforce.schema.json` come from it.
final class RecordField<Row>: Sendable {
    /// Its key in JSON and its name in protobuf.
    let name: StaticString
    /// Its number in protobuf; 0: it stands in the digest only.
    let number: UInt32
    /// What it holds, and how that is found.
    let value: RecordValue<Row>
    /// How it stands in the digest; nil: it does not.
    let digest: RecordDigest?
    /// Which setting leaves it out.
    let part: RecordPart
    /// What it means, for the schemas.
    let about: StaticString

    init(
        _ number: UInt32,
        _ name: StaticString,
        _ about: StaticString,
        _ digest: RecordDigest?,
        _ value: RecordValue<Row>,
        part: RecordPart = .always
    ) {
        self.name = name
        self.number = number
        self.value = value
        self.digest = digest
        self.part = part
        self.about = about
    }
}

/// How a field stands in a group's digest.
enum RecordDigest: Sendable, Equatable {
    /// Under its own name.
    case same
    /// A list under another name, and only of the elements whose flag of that name is set.
    case list(named: StaticString, where: StaticString)
    /// A list under its own name, and not at all where it is empty.
    case whereAny

    static func == (a: RecordDigest, b: RecordDigest) -> Bool {
        switch (a, b) {
        case (.same, .same), (.whereAny, .whereAny): true
        case (.list(let x, let p), .list(let y, let q)): "\(x)" == "\(y)" && "\(p)" == "\(q)"
        default: false
        }
    }
}

/// Parts of the record that a setting may leave out; the digest is always over all of them.
struct RecordPart: OptionSet, Sendable {
    let rawValue: UInt8

    /// No setting leaves it out.
    static let always: RecordPart = []
    /// Prompt and completion of a sample.
    static let sampleText = RecordPart(rawValue: 1)
    /// Inputs and outputs of a sample.
    static let sampleFields = RecordPart(rawValue: 2)
    /// Samples as a whole.
    static let samples = RecordPart(rawValue: 4)
    /// Chats and tools of a call.
    static let callText = RecordPart(rawValue: 8)
    /// Ids, logprobs and mask of a call.
    static let callTokens = RecordPart(rawValue: 16)
    /// Calls as a whole.
    static let calls = RecordPart(rawValue: 32)
}

/// A text or JSON that lies rendered among the renderer's texts, so that digest and record copy the same bytes.
typealias RenderedText = ByteRange

/// A text or JSON that lies in a rollout's arena.
struct ArenaText {
    let arena: [UInt8]
    let range: ByteRange

    init?(_ arena: [UInt8], _ range: ByteRange?) {
        guard let range else { return nil }
        self.arena = arena
        self.range = range
    }
}

/// A number, and its text among the renderer's texts: one that stands in every sample is found once.
struct RenderedNumber {
    let value: Double
    let text: RenderedText
}

/// What a field holds, and how it is found in a row: one case for each way of writing it.
enum RecordValue<Row>: Sendable {
    typealias From<Value> = @Sendable (Row) -> Value

    case text(From<Text>)
    /// Null, or not even the key, where there is none.
    case optionalText(omits: Bool, From<Text?>)
    case integer(RecordInteger, From<Int64>)
    /// Null, or not even the key, where there is none.
    case optionalInteger(RecordInteger, omits: Bool, From<Int64?>)
    case number(From<Double>)
    /// Null, or not even the key, where there is none; null where it is not finite.
    case optionalNumber(omits: Bool, From<Double?>)
    case rendered(From<RenderedNumber>)
    case flag(From<Bool>)
    /// The inside of a JSON string literal.
    case literal(From<RenderedText>)
    /// A JSON object, canonical.
    case object(From<RenderedText>)
    /// The inside of a JSON string literal; where there is none, not even the key.
    case optionalLiteral(From<ArenaText?>)
    /// Canonical JSON; where there is none, null, or not even the key.
    case optionalJSON(omits: Bool, From<ArenaText?>)
    /// A message's content.
    case content(parts: UInt32, From<CallMessageText>)
    /// The id of a tool call that a message answers.
    case toolCallID(null: UInt32, From<CallMessageText>)
    case texts(From<[Text]>)
    case numbers(From<[UInt32]>)
    /// Null where one is not finite.
    case floats(From<[Float]>)
    /// The shortest decimals that read back as the same float32; null where one is −∞.
    case logprobs(From<[Float]>)
    case message(RecordNested<Row>)
    case messages(RecordNested<Row>)
    /// Null where there is none.
    case optionalMessage(RecordNested<Row>)
    /// Null where there is no list; in protobuf a message that holds it.
    case optionalMessages(RecordNested<Row>, wrapper: StaticString, isThere: From<Bool>)
    /// Messages that were written before.
    case bodies(RecordShape, From<[RenderedGroup]>)
}

/// How an integer travels in protobuf.
enum RecordInteger: String, Sendable { case int32, int64, uint32 }
