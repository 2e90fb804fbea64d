import JSON

/// A node execution on its way into a record.
struct SampleRow {
    let sample: RenderedSample
    let index: Int
    let rollout: Rollout
    let advantage: RenderedNumber

    var generation: Generation? {
        sample.node.generation < 0 ? nil : rollout.trajectory.generations[sample.node.generation]
    }

    /// What was generated, where its ids and logprobs can be trusted.
    var tokens: Generation? { generation.flatMap { $0.hasTokens ? $0 : nil } }
}

extension RecordTable where Row == SampleRow {
    static let sample = RecordTable(
        "Sample",
        "One execution of a node as text.",
        [
            .integer(1, "sample_index", "from 0") { Int64($0.index) },
            .literal(2, "node_id", "the node", digest: .same) { $0.sample.name },
            .integer(3, "visit", "how many executions of the node came before", digest: .same) {
                Int64($0.sample.node.visit)
            },
            .messages(
                4,
                "prompt",
                "one message: the node and the state before it; absent where `output.samples` is `fields`",
                digest: .same,
                part: .sampleText,
                .message
            ) { $1($0.sample.prompt) },
            .literal(
                5,
                "completion",
                "the fields that the node changed; absent where `output.samples` is `fields`",
                digest: .same,
                part: .sampleText
            ) { $0.sample.completion },
            .object(
                6,
                "inputs",
                "the state before the node: a JSON object; absent where `output.samples` is `text`",
                digest: .same,
                part: .sampleFields
            ) { $0.sample.inputs },
            .object(
                7,
                "outputs",
                "the fields that the node changed: a JSON object; absent where `output.samples` is `text`",
                digest: .same,
                part: .sampleFields
            ) { $0.sample.outputs },
            .rendered(8, "advantage", "the rollout's") { $0.advantage },
            .optionalText(9, "model", "that wrote within the node") { $0.generation?.model },
            .optionalText(10, "finish_reason", "stop, length, content_filter, tool_calls, error") {
                $0.generation?.finishName
            },
            .flag(11, "truncated", "`finish_reason` is length") { $0.generation?.finishReason == 2 },
            .numbers(12, "prompt_token_ids", "as the engine has them") { $0.generation?.promptTokenIDs ?? [] },
            .numbers(13, "token_ids", "as the engine has them") { $0.tokens?.tokenIDs ?? [] },
            .floats(14, "logprobs", "as sampled, one an id; one that is not finite is null in JSON") {
                $0.tokens?.logprobs ?? []
            },
            .numbers(15, "loss_mask", "1 where the policy chose the token") {
                [UInt32](repeating: 1, count: $0.tokens?.tokenIDs.count ?? 0)
            },
            .optionalNumber(16, "temperature", "of sampling") { $0.generation?.temperature },
            .text(17, "policy_version", "the request's, else the rollout's") { row in
                row.generation?.policyVersion ?? row.rollout.pairing.policyVersion
            },
            .text(18, "token_source", "engine, absent") { $0.tokens == nil ? "absent" : "engine" },
        ]
    )
}

extension RecordTable where Row == RenderedText {
    /// A user's message: a sample's prompt.
    static let message = RecordTable(
        "Message",
        "A message of a chat.",
        [
            .text(1, "role", "user", digest: .same) { _ in "user" },
            .literal(2, "content", "its text", digest: .same) { $0 },
        ]
    )
}
