extension SettingKey {
    /// Where data comes from and where it goes.
    static var inputs: [SettingKey] {
        [
            SettingKey(
                "app_id",
                .text(\.appID, .application),
                "name of the application: its consumer group, and what the names of its internal topics and its "
                    + "transactional ids begin with"
            ),
            SettingKey(
                "instance_id",
                .text(\.instanceID, .optionalName),
                "name of this process, the same after each restart; empty: the host's name, then that with `-2`, `-3`, … for "
                    + "further processes of the host"
            ),
            SettingKey(
                "kafka.brokers",
                .text(\.kafka.brokers, .brokers),
                "some of the brokers, as HOST:PORT, separated by commas"
            ),
            SettingKey(
                "kafka.properties",
                .texts(\.kafka.properties, .required, mayBeEmpty: true),
                "librdkafka properties as name=value; each may also stand under `kafka` by its own name"
            ),
            SettingKey(
                "topics.events",
                .texts(\.topics.events, .topic, mayBeEmpty: false),
                "topics with the traces of the agents"
            ),
            SettingKey(
                "topics.examples",
                .text(\.topics.examples, .optionalTopic),
                "topic with the training examples; empty: none, they come from `examples.file`"
            ),
            SettingKey(
                "topics.rollouts",
                .text(\.topics.rollouts, .optionalTopic),
                "topic with pairings of threads and examples; empty: none"
            ),
            SettingKey(
                "topics.rewards",
                .text(\.topics.rewards, .optionalTopic),
                "topic with rewards that come after the trace; empty: none"
            ),
            SettingKey("topics.output", .text(\.topics.output, .topic), "topic for training batches"),
            SettingKey(
                "topics.scored",
                .text(\.topics.scored, .optionalTopic),
                "internal topic with scored rollouts; empty: APP_ID-scored"
            ),
            SettingKey(
                "topics.scored_partitions",
                .integer(\.topics.scoredPartitions, 0...10_000),
                "partitions of the scored topic; 0: as many as the events topic with the most of them"
            ),
            SettingKey(
                "topics.checkpoints",
                .text(\.topics.checkpoints, .optionalTopic),
                "internal topic with checkpoints; empty: APP_ID-checkpoints"
            ),
            SettingKey(
                "topics.dlq",
                .text(\.topics.dlq, .optionalTopic),
                "topic for dead letters, the records that cannot be processed; empty: APP_ID-dlq"
            ),
            SettingKey(
                "topics.ledger",
                .text(\.topics.ledger, .optionalTopic),
                "topic for the ledger, the fate of every thread; empty: none"
            ),
            SettingKey(
                "topics.adapters",
                .text(\.topics.adapters, .topic),
                "topic for the adapters of the instant-learning loop"
            ),
            SettingKey(
                "topics.policy",
                .text(\.topics.policy, .optionalTopic),
                "topic with the newest policy version, for groups.max_staleness; empty: the greatest that threads have named counts"
            ),
            SettingKey(
                "topics.demand",
                .text(\.topics.demand, .optionalTopic),
                "compacted topic that tells agents which examples lack rollouts or signal, as reinforce-demand; empty: none"
            ),
            SettingKey(
                "examples.file",
                .text(\.examples.file, .any),
                "file with the training examples, one JSON object a line; where it is given, topics.examples is not read"
            ),
            SettingKey(
                "examples.grace",
                .duration(\.examples.grace),
                "how long a thread waits for an example that the topic does not hold yet"
            ),
            SettingKey(
                "start",
                .start(\.start),
                "where a new consumer group begins to read: `earliest`, `latest`, or a time with its zone such as "
                    + "2026-11-24T08:00:00Z"
            ),
            SettingKey(
                "delivery",
                .choice(\.delivery, ["exactly_once", "at_least_once"]),
                "whether a crash may write batches a second time"
            ),
            SettingKey("commit.interval", .duration(\.commit.interval), "longest time between two commits of offsets"),
            SettingKey(
                "commit.max_records",
                .integer(\.commit.maxRecords, 1...10_000_000),
                "records after which offsets are committed before that time"
            ),
            SettingKey(
                "schema.policy",
                .choice(\.schema.policy, ["exact", "forward", "backward"]),
                "schema versions that are read: only our own, newer ones too, or older ones too"
            ),
            SettingKey(
                "schema.legacy_frames",
                .flag(\.schema.legacyFrames),
                "also read values without the frame byte, plain protobuf or zstd"
            ),
            SettingKey(
                "dlq.format",
                .choice(\.dlq.format, ["headers", "dashstream"]),
                "a dead letter is the original record with the reason in headers, or DashStream's own JSON"
            ),
            SettingKey(
                "pairing.manifest_pointer",
                .text(\.pairing.manifestPointer, .pointer),
                "JSON pointer to the pairing within the `graph_manifest` of GRAPH_START; empty: it is not looked for there"
            ),
            SettingKey(
                "pairing.grace",
                .duration(\.pairing.grace),
                "how long a thread that is over waits for its record on topics.rollouts"
            ),
        ]
    }
}
