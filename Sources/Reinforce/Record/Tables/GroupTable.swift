import JSON

/// A decided group on its way into a record.
struct GroupRow {
    let group: DecidedGroup
    /// In the order of the group's members.
    let rollouts: [RolloutRow]
    let estimator: Estimator
    let example: RenderedText
    /// Hexadecimal; empty while it is being computed.
    var digest = ""
}

extension RecordTable where Row == GroupRow {
    static let group = RecordTable(
        "Group",
        "Rollouts of one example by one policy, compared with each other.",
        [
            .text(1, "group_id", "unique within the tenant", digest: .same) { $0.group.key.group },
            .text(2, "example_id", "the example that its members tried", digest: .same) { $0.group.example.id },
            .text(3, "example_sha256", "over the example's canonical JSON, hexadecimal") {
                Text($0.group.example.sha256)
            },
            .message(4, "example", "the example itself", .example) {
                ExampleRow(data: $0.example, keys: $0.group.example.inputKeys)
            },
            .text(5, "policy_version_min", "the oldest policy of its members", digest: .same) {
                $0.group.policyVersion
            },
            .text(6, "policy_version_max", "the newest policy of its members", digest: .same) {
                $0.group.policyVersion
            },
            .integer(7, "expected_size", "rollouts it is meant to have", digest: .same) {
                Int64($0.group.expectedSize)
            },
            .text(8, "close_reason", "complete, deadline, flush") { Text($0.group.closeReason.rawValue) },
            .text(9, "signal", "ok, zero_variance, singleton: whether there is anything to learn from", digest: .same) {
                Text($0.group.signal.rawValue)
            },
            .integer(10, "revision", "how often it was written before", as: .uint32) { Int64($0.group.revision) },
            .optionalText(11, "supersedes", "digest of what it takes the place of") {
                $0.group.supersedes.map { Text($0) }
            },
            .text(12, "digest", "SHA-256 of its content, hexadecimal") { Text($0.digest) },
            .message(13, "stats", "over the rewards that vote", digest: .same, .stats) { $0.group.statistics },
            .messages(
                14,
                "rollouts",
                "everyone who claimed a slot in time, by rollout_index, then thread_id",
                digest: .list(named: "members", where: "votes"),
                .rollout
            ) { row, body in for rollout in row.rollouts { body(rollout) } },
            .text(0, "tenant_id", digest: .same) { $0.group.key.tenant },
            .message(0, "estimator", digest: .same, .estimator) { $0.estimator },
        ]
    )
}

/// An example.
struct ExampleRow {
    let data: RenderedText
    let keys: [Text]
}

extension RecordTable where Row == ExampleRow {
    static let example = RecordTable(
        "Example",
        "What the rollouts tried.",
        [
            .object(1, "data", "inputs and labels: a JSON object") { $0.data },
            .texts(2, "input_keys", "keys of `data` that the agent was given; the others are labels") { $0.keys },
        ]
    )
}

extension RecordTable where Row == GroupStatistics {
    static let stats = RecordTable(
        "Stats",
        "Over the rewards that vote.",
        [
            .integer(1, "votes", "how many vote", digest: .same) { Int64($0.votes) },
            .number(2, "mean", digest: .same) { $0.mean },
            .number(3, "std", "with the estimator's ddof; 0 of one vote or equal rewards", digest: .same) { $0.std },
            .number(4, "min", digest: .same) { $0.min },
            .number(5, "max", digest: .same) { $0.max },
            .number(6, "outcome_mean", "of the outcome component, else of the reward: the difficulty", digest: .same) {
                $0.outcomeMean
            },
        ]
    )
}
