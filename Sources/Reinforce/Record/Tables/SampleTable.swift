import JSON

/// A node execution on its way into a record. An object: each of its fields is handed the row, and copies nothing.
final class SampleRow {
    let sample: RenderedSample
    let index: Int
    let rollout: Rollout
    /// Its own, where it was compared by it.
    let reward: Double?
    /// The rollout trains, and by its samples.
    let trains: Bool
    /// The only request to a model within the node.
    let request: ModelCall?

    init(_ sample: RenderedSample, index: Int, of rollout: Rollout, reward: Double?, trains: Bool) {
        self.sample = sample
        self.index = index
        self.rollout = rollout
        self.reward = reward
        self.trains = trains
        request = sample.node.request < 0 ? nil : rollout.trajectory.calls[sample.node.request]
    }
}

extension SampleRow {
    /// The samples of a member, in order; what does not vote is named, not given to anyone.
    static func rows(_ member: DecidedGroup.Member, _ rendered: RenderedMember) -> [SampleRow] {
        guard member.votes else { return [] }
        let rollout = member.rollout
        let trains = member.trains && rollout.trainableCalls == 0
        return rendered.samples.enumerated().map { index, sample in
            SampleRow(
                sample,
                index: index,
                of: rollout,
                reward: member.parts == nil ? nil : sample.node.rewards.total(rollout.rewards),
                trains: trains
            )
        }
    }
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
            .rendered(8, "advantage", "the rollout's; its own where `credit` is not `rollout`") {
                $0.sample.advantage
            },
            .optionalText(9, "model", "of the only request within the node, as all that follows") {
                $0.request?.model
            },
            .optionalText(10, "finish_reason", "stop, length, content_filter, tool_calls, error, …") {
                $0.request?.finishReason
            },
            .flag(11, "truncated", "`finish_reason` is length or max_tokens") { $0.request?.isTruncated ?? false },
            .numbers(12, "prompt_token_ids", "as the engine has them") { $0.request?.promptTokenIDs ?? [] },
            .numbers(13, "token_ids", "as the engine has them") { $0.request?.tokenIDs ?? [] },
            .floats(14, "logprobs", "as sampled, one an id, or none; one that is not finite is null in JSON") {
                $0.request?.logprobs ?? []
            },
            .numbers(15, "loss_mask", "1 where the policy chose the token") {
                $0.request?.lossMask.map { UInt32($0) } ?? []
            },
            .optionalNumber(16, "temperature", "of sampling") { $0.request?.temperature },
            .text(17, "policy_version", "the request's, else the rollout's") { row in
                row.request?.policyVersion ?? row.rollout.pairing.policyVersion
            },
            .text(18, "token_source", "engine: ids and logprobs; engine_ids: ids; absent: neither") {
                Text(($0.request?.tokenSource ?? .absent).rawValue)
            },
            .flag(19, "trains", "it is given to the trainer: false where the rollout has a call that trains") {
                $0.trains
            },
            .optionalNumber(
                20,
                "reward",
                "its own, of `rl.reward.<name>` on NODE_END; absent without one, and where `credit` is `rollout`",
                digest: .same,
                omits: true
            ) { $0.reward },
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
