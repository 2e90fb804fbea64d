extension SettingKey {
    /// Every key, in the order of the documentation: parsing, environment names, `--set`, rendering, the documentation and
    /// suggestions all come from here.
    static var all: [SettingKey] {
        [
            SettingKey(
                "app_id",
                .text(\.appID, mayBeEmpty: false),
                "consumer group, prefix of internal topics and of the transactional id"
            ),
            SettingKey(
                "instance_id",
                .text(\.instanceID, mayBeEmpty: true),
                "stable per process; empty: the host name"
            ),
            SettingKey(
                "kafka.brokers",
                .text(\.kafka.brokers, mayBeEmpty: false),
                "host:port of some brokers, separated by commas"
            ),
            SettingKey(
                "kafka.properties",
                .texts(\.kafka.properties, mayBeEmpty: true),
                "librdkafka properties as name=value; any property may also stand under kafka by its own name"
            ),
            SettingKey("topics.events", .texts(\.topics.events, mayBeEmpty: false), "topics with traces"),
            SettingKey(
                "topics.examples",
                .text(\.topics.examples, mayBeEmpty: true),
                "topic with training examples; empty: not used"
            ),
            SettingKey(
                "topics.rollouts",
                .text(\.topics.rollouts, mayBeEmpty: true),
                "topic with pairings; empty: off"
            ),
            SettingKey(
                "topics.rewards",
                .text(\.topics.rewards, mayBeEmpty: true),
                "topic with rewards that come later; empty: off"
            ),
            SettingKey("topics.output", .text(\.topics.output, mayBeEmpty: true), "topic for training batches"),
            SettingKey(
                "topics.scored",
                .text(\.topics.scored, mayBeEmpty: true),
                "internal topic; empty: APP_ID-scored"
            ),
            SettingKey(
                "topics.scored_partitions",
                .integer(\.topics.scoredPartitions, 0...10_000),
                "its partitions; 0: as many as events"
            ),
            SettingKey(
                "topics.checkpoints",
                .text(\.topics.checkpoints, mayBeEmpty: true),
                "internal topic; empty: APP_ID-checkpoints"
            ),
            SettingKey(
                "topics.dlq",
                .text(\.topics.dlq, mayBeEmpty: true),
                "topic for dead letters; empty: APP_ID-dlq"
            ),
            SettingKey(
                "topics.ledger",
                .text(\.topics.ledger, mayBeEmpty: true),
                "topic for the fate of every thread; empty: off"
            ),
            SettingKey("topics.adapters", .text(\.topics.adapters, mayBeEmpty: true), "topic for micro-LoRA adapters"),
            SettingKey(
                "examples.file",
                .text(\.examples.file, mayBeEmpty: true),
                "training examples, one JSON object a line"
            ),
            SettingKey(
                "examples.grace",
                .duration(\.examples.grace),
                "how long a thread waits for an example that is not there yet"
            ),
            SettingKey(
                "start",
                .text(\.start, mayBeEmpty: true),
                "where a group without committed offsets begins: earliest, latest or an ISO time"
            ),
            SettingKey(
                "delivery",
                .choice(\.delivery, ["exactly_once", "at_least_once"]),
                "what is promised of the output"
            ),
            SettingKey("commit.interval", .duration(\.commit.interval), "how often offsets are committed"),
            SettingKey(
                "commit.max_records",
                .integer(\.commit.maxRecords, 1...10_000_000),
                "records after which offsets are committed"
            ),
            SettingKey(
                "schema.policy",
                .choice(\.schema.policy, ["exact", "forward", "backward"]),
                "which schema versions are read"
            ),
            SettingKey(
                "schema.legacy_frames",
                .flag(\.schema.legacyFrames),
                "read protobuf and zstd without a frame byte"
            ),
            SettingKey(
                "dlq.format",
                .choice(\.dlq.format, ["headers", "dashstream"]),
                "original bytes with headers, or DashStream's own JSON"
            ),
            SettingKey(
                "pairing.manifest_pointer",
                .text(\.pairing.manifestPointer, mayBeEmpty: true),
                "where a pairing may stand in GRAPH_START's graph_manifest; empty: nowhere"
            ),
            SettingKey("pairing.grace", .duration(\.pairing.grace), "how late a pairing record may come"),
            SettingKey(
                "assembly.idle_timeout",
                .duration(\.assembly.idleTimeout),
                "silence after which a thread is over"
            ),
            SettingKey(
                "assembly.resume_grace",
                .duration(\.assembly.resumeGrace),
                "how long a second GRAPH_START may continue a run; 0: never"
            ),
            SettingKey(
                "assembly.error_grace",
                .duration(\.assembly.errorGrace),
                "silence after NODE_ERROR after which a thread has failed"
            ),
            SettingKey(
                "assembly.reorder_grace_records",
                .integer(\.assembly.reorderGraceRecords, 0...1_000_000),
                "records that stragglers may come late"
            ),
            SettingKey(
                "assembly.reorder_grace",
                .duration(\.assembly.reorderGrace),
                "time that stragglers may come late"
            ),
            SettingKey("assembly.max_thread_age", .duration(\.assembly.maxThreadAge), "age at which a thread is cut"),
            SettingKey(
                "assembly.max_thread_bytes",
                .size(\.assembly.maxThreadBytes, 1024...(4 << 30) - 1),
                "bytes at which a thread is cut"
            ),
            SettingKey(
                "assembly.max_thread_events",
                .integer(\.assembly.maxThreadEvents, 1...10_000_000),
                "messages at which a thread is cut"
            ),
            SettingKey(
                "assembly.max_clock_skew",
                .duration(\.assembly.maxClockSkew),
                "how far ahead a timestamp may be"
            ),
            SettingKey(
                "assembly.replay_horizon_records",
                .integer(\.assembly.replayHorizonRecords, 1...1_000_000_000),
                "records a restart reads again at most"
            ),
            SettingKey(
                "assembly.closed_memory_records",
                .integer(\.assembly.closedMemoryRecords, 0...1_000_000_000),
                "records for which closed threads are remembered"
            ),
            SettingKey(
                "limits.max_frame_bytes",
                .size(\.limits.maxFrameBytes, 1024...1 << 30),
                "bytes of a frame, packed and unpacked"
            ),
            SettingKey(
                "limits.memory_budget",
                .size(\.limits.memoryBudget, 1 << 20...1 << 44),
                "bytes of open threads and groups"
            ),
            SettingKey(
                "rewards.failure_score",
                .number(\.rewards.failureScore, -1e9...1e9),
                "score of a failed rollout"
            ),
            SettingKey(
                "rewards.format_failure_score",
                .number(\.rewards.formatFailureScore, -1e9...1e9),
                "score where an answer is missing"
            ),
            SettingKey(
                "rewards.timeouts",
                .choice(\.rewards.timeouts, ["exclude", "failure"]),
                "rollouts without an end"
            ),
            SettingKey(
                "rewards.outcome",
                .text(\.rewards.outcome, mayBeEmpty: true),
                "the component that decides whether a group has a signal; empty: the total"
            ),
            SettingKey(
                "rewards.components",
                .components(\.rewards.components),
                "name, type, weight, required, default, fields"
            ),
            SettingKey(
                "groups.deadline",
                .duration(\.groups.deadline),
                "time from the first claim after which a group closes"
            ),
            SettingKey(
                "groups.settle",
                .duration(\.groups.settle),
                "how long a complete group waits for further claimants"
            ),
            SettingKey(
                "groups.closed_memory_records",
                .integer(\.groups.closedMemoryRecords, 0...1_000_000_000),
                "records for which closed groups are remembered"
            ),
            SettingKey(
                "groups.min_usable",
                .integer(\.groups.minUsable, 1...1_000_000),
                "voting rollouts below which a group gives nothing"
            ),
            SettingKey("groups.partial", .choice(\.groups.partial, ["keep", "drop"]), "groups that are not complete"),
            SettingKey(
                "groups.drop_zero_variance",
                .flag(\.groups.dropZeroVariance),
                "leave groups without any difference out"
            ),
            SettingKey(
                "groups.max_staleness",
                .integer(\.groups.maxStaleness, 0...1_000_000_000),
                "policy versions a rollout may be behind; 0: any"
            ),
            SettingKey(
                "groups.stale_policy",
                .choice(\.groups.stalePolicy, ["drop_group", "drop_rollout", "vote_only"]),
                "what becomes of those further behind"
            ),
            SettingKey("groups.revisions", .flag(\.groups.revisions), "a late member makes a new batch"),
            SettingKey(
                "estimator.preset",
                .text(\.estimator.preset, mayBeEmpty: false),
                "a system's way: trl, verl, openrlhf, dashflow, …"
            ),
            SettingKey(
                "estimator.baseline",
                .choice(\.estimator.baseline, ["", "mean", "leave_one_out", "length_weighted_mean", "second_best"]),
                "over the preset"
            ),
            SettingKey(
                "estimator.scale",
                .choice(
                    \.estimator.scale,
                    [
                        "", "none", "group_std", "batch_std", "leave_one_out_std", "mean", "batch_token_std",
                        "component_std",
                    ]
                ),
                "over the preset"
            ),
            SettingKey("estimator.ddof", .choice(\.estimator.ddof, ["", "0", "1"]), "over the preset"),
            SettingKey("estimator.epsilon", .text(\.estimator.epsilon, mayBeEmpty: true), "over the preset: a number"),
            SettingKey("estimator.singleton", .choice(\.estimator.singleton, ["", "zero", "raw"]), "over the preset"),
            SettingKey(
                "estimator.score_non_voters",
                .flag(\.estimator.scoreNonVoters),
                "members that do not vote get an advantage too"
            ),
            SettingKey("credit", .choice(\.credit, ["rollout", "node", "state"]), "what an advantage is given to"),
            SettingKey(
                "batches.groups_per_batch",
                .integer(\.batches.groupsPerBatch, 1...100_000),
                "groups of a batch"
            ),
            SettingKey("batches.linger", .duration(\.batches.linger), "how long a batch waits to be filled"),
            SettingKey(
                "batches.max_bytes",
                .size(\.batches.maxBytes, 1024...1 << 30),
                "bytes at which a batch is split"
            ),
            SettingKey(
                "batches.min_groups",
                .integer(\.batches.minGroups, 1...100_000),
                "groups below which a batch is withheld"
            ),
            SettingKey(
                "batches.min_rollouts",
                .integer(\.batches.minRollouts, 1...10_000_000),
                "voting rollouts below which a batch is withheld"
            ),
            SettingKey(
                "batches.max_empty",
                .integer(\.batches.maxEmpty, 0...1_000_000_000),
                "commit intervals with traffic and no batch; 0: no limit"
            ),
            SettingKey(
                "batches.allow_repeats",
                .flag(\.batches.allowRepeats),
                "accept fewer examples than groups_per_batch"
            ),
            SettingKey("output.format", .choice(\.output.format, ["json", "protobuf"]), "how batches are written"),
            SettingKey(
                "output.samples",
                .choice(\.output.samples, ["text", "fields", "both", "none"]),
                "what of a sample is written: prompt and completion, inputs and outputs, or both"
            ),
            SettingKey(
                "output.calls",
                .choice(\.output.calls, ["all", "tokens", "text", "none"]),
                "what is written of the model calls that a trace holds"
            ),
            SettingKey(
                "instant_loop.enabled",
                .flag(\.instantLoop.enabled),
                "run the instant-learning loop beside the stream"
            ),
            SettingKey("instant_loop.mode", .choice(\.instantLoop.mode, ["corrected", "reference"]), "its formulas"),
            SettingKey(
                "instant_loop.dimension",
                .integer(\.instantLoop.dimension, 1...65_536),
                "numbers of an embedding"
            ),
            SettingKey("instant_loop.rank", .integer(\.instantLoop.rank, 1...16), "rank of the adapter"),
            SettingKey(
                "instant_loop.learning_rate",
                .number(\.instantLoop.learningRate, 0...1000),
                "step of an update"
            ),
            SettingKey(
                "instant_loop.flush_threshold",
                .integer(\.instantLoop.flushThreshold, 1...10_000_000),
                "signals after which an update is applied"
            ),
            SettingKey(
                "instant_loop.interval",
                .duration(\.instantLoop.interval),
                "time after which an update is applied"
            ),
            SettingKey(
                "instant_loop.buffer_capacity",
                .integer(\.instantLoop.bufferCapacity, 1...100_000_000),
                "trajectories that wait"
            ),
            SettingKey(
                "instant_loop.quality_threshold",
                .number(\.instantLoop.qualityThreshold, -1e9...1e9),
                "quality below which a trajectory teaches nothing"
            ),
            SettingKey(
                "instant_loop.overflow",
                .choice(\.instantLoop.overflow, ["drop_newest", "drop_oldest"]),
                "what a full buffer drops"
            ),
            SettingKey("instant_loop.max_norm", .number(\.instantLoop.maxNorm, 0...1e9), "bound of an update; 0: none"),
            SettingKey(
                "instant_loop.decay",
                .number(\.instantLoop.decay, 0...1),
                "what an update takes off the weights"
            ),
            SettingKey(
                "instant_loop.baseline_decay",
                .number(\.instantLoop.baselineDecay, 0...1),
                "memory of the reward baseline"
            ),
            SettingKey(
                "http.listen",
                .text(\.http.listen, mayBeEmpty: true),
                "address of the HTTP server; empty: none"
            ),
            SettingKey(
                "http.token_file",
                .text(\.http.tokenFile, mayBeEmpty: true),
                "file with the token that is asked for"
            ),
            SettingKey(
                "log.level",
                .choice(\.log.level, ["trace", "debug", "info", "notice", "warning", "error"]),
                "lines below it are not written"
            ),
            SettingKey("log.format", .choice(\.log.format, ["text", "json"]), "how lines are written"),
        ]
    }
}
