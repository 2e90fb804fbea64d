import JSON

/// The messages of `docs/reinforce.proto`, as far as reading them into the JSON form needs it.
struct BatchFields: Sendable {
    indirect enum Kind: Sendable {
        case text, integer, double, flag
        /// Text that holds a JSON value.
        case json
        case message(BatchFields)
        case texts, numbers, floats
        case messages(BatchFields)
    }

    /// What stands in the JSON where the field is absent.
    enum Absent: Sendable {
        /// The type's own zero.
        case zero
        case null
        /// Not even the key.
        case nothing
    }

    struct Field: Sendable {
        let number: UInt32
        let name: Text
        let kind: Kind
        let absent: Absent

        init(_ number: UInt32, _ name: Text, _ kind: Kind, _ absent: Absent = .zero) {
            self.number = number
            self.name = name
            self.kind = kind
            self.absent = absent
        }
    }

    let name: StaticString
    let fields: [Field]

    static let batch = BatchFields(
        name: "TrainingBatch",
        fields: [
            Field(1, "schema_version", .integer), Field(2, "batch_id", .text), Field(3, "sequence", .integer),
            Field(4, "created_at_us", .integer), Field(5, "app_id", .text), Field(6, "tenant_id", .text),
            Field(7, "partial", .flag), Field(8, "estimator", .message(estimator)),
            Field(9, "reinforce_config", .message(reinforceConfig), .null), Field(10, "groups", .messages(group)),
        ]
    )

    private static let estimator = BatchFields(
        name: "Estimator",
        fields: [
            Field(1, "name", .text), Field(2, "preset", .text), Field(3, "baseline", .text), Field(4, "scale", .text),
            Field(5, "ddof", .integer), Field(6, "epsilon", .double), Field(7, "singleton", .text),
            Field(8, "credit", .text), Field(9, "version", .integer),
        ]
    )

    private static let reinforceConfig = BatchFields(
        name: "ReinforceConfig",
        fields: [
            Field(1, "learning_rate", .double), Field(2, "batch_size", .integer), Field(3, "num_epochs", .integer),
            Field(4, "max_steps", .integer), Field(5, "warmup_steps", .integer),
            Field(6, "gradient_accumulation_steps", .integer),
        ]
    )

    private static let group = BatchFields(
        name: "Group",
        fields: [
            Field(1, "group_id", .text), Field(2, "example_id", .text), Field(3, "example_sha256", .text),
            Field(4, "example", .message(example)), Field(5, "policy_version_min", .text),
            Field(6, "policy_version_max", .text), Field(7, "expected_size", .integer),
            Field(8, "close_reason", .text), Field(9, "signal", .text), Field(10, "revision", .integer),
            Field(11, "supersedes", .text, .null), Field(12, "digest", .text), Field(13, "stats", .message(stats)),
            Field(14, "rollouts", .messages(rollout)),
        ]
    )

    private static let example = BatchFields(
        name: "Example",
        fields: [Field(1, "data", .json), Field(2, "input_keys", .texts)]
    )

    private static let stats = BatchFields(
        name: "Stats",
        fields: [
            Field(1, "votes", .integer), Field(2, "mean", .double), Field(3, "std", .double), Field(4, "min", .double),
            Field(5, "max", .double), Field(6, "outcome_mean", .double),
        ]
    )

    private static let rollout = BatchFields(
        name: "Rollout",
        fields: [
            Field(1, "thread_id", .text), Field(2, "rollout_index", .integer), Field(3, "attempt", .integer),
            Field(4, "status", .text), Field(5, "votes", .flag), Field(6, "trains", .flag),
            Field(7, "excluded", .text, .null), Field(8, "reward", .double, .null),
            Field(9, "rewards", .messages(reward)), Field(10, "advantage", .double), Field(11, "weight", .double),
            Field(12, "started_at_us", .integer), Field(13, "ended_at_us", .integer), Field(14, "nodes", .integer),
            Field(15, "tool_calls", .integer), Field(16, "tool_failures", .integer),
            Field(17, "source", .messages(source)), Field(18, "traceparent", .text, .null),
            Field(19, "samples", .messages(sample)),
        ]
    )

    private static let reward = BatchFields(
        name: "Reward",
        fields: [
            Field(1, "name", .text), Field(2, "weight", .double), Field(3, "value", .double, .null),
            Field(4, "status", .text), Field(5, "evaluator_version", .integer),
        ]
    )

    private static let source = BatchFields(
        name: "Source",
        fields: [
            Field(1, "topic", .text), Field(2, "partition", .integer), Field(3, "first_offset", .integer),
            Field(4, "last_offset", .integer),
        ]
    )

    private static let sample = BatchFields(
        name: "Sample",
        fields: [
            Field(1, "sample_index", .integer), Field(2, "node_id", .text), Field(3, "visit", .integer),
            Field(4, "prompt", .messages(message), .nothing), Field(5, "completion", .text, .nothing),
            Field(6, "inputs", .json, .nothing), Field(7, "outputs", .json, .nothing),
            Field(8, "advantage", .double), Field(9, "model", .text, .null), Field(10, "finish_reason", .text, .null),
            Field(11, "truncated", .flag), Field(12, "prompt_token_ids", .numbers), Field(13, "token_ids", .numbers),
            Field(14, "logprobs", .floats), Field(15, "loss_mask", .numbers),
            Field(16, "temperature", .double, .null), Field(17, "policy_version", .text),
            Field(18, "token_source", .text),
        ]
    )

    private static let message = BatchFields(
        name: "Message",
        fields: [Field(1, "role", .text), Field(2, "content", .text)]
    )
}
