import JSON

/// A batch on its way into a record.
struct BatchRow {
    let batch: Batch
    let sequence: Int
    let estimator: Estimator
    let appID: Text
}

extension RecordTable where Row == BatchRow {
    static let batch = RecordTable(
        "TrainingBatch",
        "One record of the topic `reinforce`: groups of one tenant.",
        [
            .integer(1, "schema_version", "1", as: .uint32) { _ in 1 },
            .text(2, "batch_id", "SHA-256 over the groups' digests in order, hexadecimal") { Text($0.batch.id) },
            .integer(3, "sequence", "number among the batches of one output of a replay; 0 live", as: .int64) {
                Int64($0.sequence)
            },
            .integer(4, "created_at_us", "event time of the last decision in it", as: .int64) { $0.batch.createdAt },
            .text(5, "app_id", "`app_id` of the settings") { $0.appID },
            .text(6, "tenant_id", "whose groups these are") { $0.batch.tenant ?? "" },
            .flag(7, "partial", "it left before it was full") { $0.batch.isPartial },
            .message(8, "estimator", "what made advantages of rewards", .estimator) { $0.estimator },
            .optionalMessage(9, "reinforce_config", "how a trainer is to train; nobody sets it yet", .trainer) { _ in
                nil
            },
            .bodies(10, "groups", "in the order of their decisions", RecordTable<GroupRow>.group.shape) {
                $0.batch.groups
            },
        ]
    )
}

extension RecordTable where Row == Estimator {
    static let estimator = RecordTable(
        "Estimator",
        "What made advantages of rewards.",
        [
            .text(1, "name", "the estimator's", digest: .same) { Text($0.name) },
            .text(2, "preset", "the preset it was made from") { Text($0.preset) },
            .text(3, "baseline", "what is subtracted from a reward", digest: .same) { Text($0.baseline.rawValue) },
            .text(4, "scale", "what the difference is divided by", digest: .same) { Text($0.scale.rawValue) },
            .integer(5, "ddof", "delta degrees of freedom of every deviation", digest: .same) { Int64($0.ddof) },
            .number(6, "epsilon", "added to a deviation", digest: .same) { $0.epsilon },
            .text(7, "singleton", "what a single voter gets: zero, raw", digest: .same) { Text($0.singleton.rawValue) },
            .text(8, "credit", "what an advantage is given to: rollout, node, state", digest: .same) {
                Text($0.credit.rawValue)
            },
            .integer(9, "version", "of the code that computes advantages", as: .uint32) { _ in 1 },
        ]
    )
}

/// How a trainer is to train.
struct TrainerRow {}

extension RecordTable where Row == TrainerRow {
    static let trainer = RecordTable(
        "ReinforceConfig",
        "How a trainer is to train.",
        [
            .number(1, "learning_rate") { _ in 0 },
            .integer(2, "batch_size", as: .uint32) { _ in 0 },
            .integer(3, "num_epochs", as: .uint32) { _ in 0 },
            .integer(4, "max_steps", as: .uint32) { _ in 0 },
            .integer(5, "warmup_steps", as: .uint32) { _ in 0 },
            .integer(6, "gradient_accumulation_steps", as: .uint32) { _ in 0 },
        ]
    )
}
