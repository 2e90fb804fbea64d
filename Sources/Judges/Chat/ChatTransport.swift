internal import JSON

/// Asks a language model, as OpenAI's API for chats has it.
final class ChatTransport: JudgeTransport {
    private let client = HTTPClient()
    private let address: HTTPAddress
    private let model: String
    private let template: ChatTemplate
    private let reader: ScoreReader

    init(_ address: HTTPAddress, model: String, _ template: ChatTemplate, _ reader: ScoreReader) {
        self.address = address
        self.model = model
        self.template = template
        self.reader = reader
    }

    func ask(_ request: JudgeRequest, timeout: Int64, _ done: @escaping @Sendable (TryOutcome) -> Void) {
        guard let rollout = try? JSONValue(parsing: request.body) else {
            return done(.failed(TryFailure(.refused, "the question is no JSON")))
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("model")
        writer.string(model)
        writer.key("messages")
        writer.beginArray()
        writer.beginObject()
        writer.key("role")
        writer.string("user")
        writer.key("content")
        writer.string(template.render(rollout))
        writer.endObject()
        writer.endArray()
        writer.key("temperature")
        writer.integer(0)
        writer.endObject()
        let post = address.request(writer.bytes, idempotencyKey: request.idempotencyKey)
        let isOfGroup = !request.members.isEmpty
        client.post(post, timeout: timeout) { [reader, secrets = address.secrets] result in
            let outcome = TryOutcome(result) { (body) throws(TryFailure) in
                try Self.verdict(body, reader, isOfGroup: isOfGroup)
            }
            done(outcome.without(secrets))
        }
    }

    func close() { client.close() }

    private static func verdict(_ body: [UInt8], _ reader: ScoreReader, isOfGroup: Bool) throws(TryFailure) -> Verdict {
        guard let answer = try? JSONValue(parsing: body), case .array(let choices)? = answer["choices"],
            case .string(let content)? = choices.first?["message"]?["content"]
        else { throw TryFailure(.garbage, "the answer has no /choices/0/message/content") }
        var verdict = Verdict(explanation: String(content.string.prefix(2000)))
        if isOfGroup {
            verdict.values = .listed(try reader.scores(content.string))
        } else {
            verdict.value = try reader.score(content.string)
        }
        return verdict
    }
}

extension Judge {
    /// A judge that is a language model behind an OpenAI-compatible endpoint.
    public convenience init(
        chat address: HTTPAddress,
        model: String,
        template: ChatTemplate,
        reader: ScoreReader,
        _ policy: RetryPolicy,
        time: any JudgeTime = SystemJudgeTime(),
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.init(ChatTransport(address, model: model, template, reader), policy, time, onEvent: onEvent)
    }
}
