import Arguments

extension Program {
    private static let brokers = Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas")
    private static let tenant = Option(
        "tenant",
        value: "ID",
        help: "only of this tenant; two tenants may use the same id"
    )
    private static let json = Option("json", help: "print it as JSON, one object a line")

    static let inspect = Command(
        "inspect",
        summary: "Shows one thread, group, batch, checkpoint or dead letter as a person would read it.",
        examples: [
            "dash-reinforce inspect thread rollout-17 --input run.dsrun",
            "dash-reinforce inspect group g-001 --input run.dsrun --examples examples.jsonl",
            "dash-reinforce inspect dlq --brokers localhost:9092",
        ],
        commands: [inspectThread, inspectGroup, inspectBatch, inspectCheckpoint, inspectDeadLetters]
    )

    private static let inspectThread = Command(
        "thread",
        summary: "Shows a thread message by message: order, gaps, duplicates, state, pairing, and what became of it.",
        discussion:
            "In a recording the thread is found by its index (FILE.idx), which is written if it is not there.",
        examples: [
            "dash-reinforce inspect thread rollout-17 --input run.dsrun.zst",
            "dash-reinforce inspect thread rollout-17 --input run.dsrun --examples examples.jsonl --fate",
        ],
        options: [
            tenant, Option("fate", help: "replay the whole log, to show its reward and advantage too"), json,
        ] + log + estimation + configuration + common,
        positionals: ["ID"]
    )

    private static let inspectGroup = Command(
        "group",
        summary: "Shows a group: members, rewards, advantages, who is missing and why.",
        examples: ["dash-reinforce inspect group g-001 --input run.dsrun --examples examples.jsonl"],
        options: [tenant, json] + log + estimation + configuration + common,
        positionals: ["ID"]
    )

    private static let inspectBatch = Command(
        "batch",
        summary: "Shows a batch, and from which topic, partition, offsets and trace each rollout comes.",
        discussion: "ID is the beginning of a batch_id, or of a group's digest.",
        examples: [
            "dash-reinforce inspect batch 3f9a01 --batches batches.jsonl",
            "dash-reinforce inspect batch 3f9a01 --brokers localhost:9092",
        ],
        options: [
            Option("batches", value: "FILE|topic:NAME", help: "the batches"), json,
        ] + log + estimation + configuration + common,
        positionals: ["ID"]
    )

    private static let inspectCheckpoint = Command(
        "checkpoint",
        summary: "Shows a checkpoint, decoded: the metadata of a committed offset.",
        examples: [
            "dash-reinforce inspect checkpoint --brokers localhost:9092 --set app_id=dash-reinforce",
            "dash-reinforce inspect checkpoint RFIC… --offset 4711 --set app_id=dash-reinforce",
        ],
        options: [brokers, Option("offset", value: "N", help: "the committed offset that TEXT belongs to"), json]
            + configuration + common,
        positionals: ["[TEXT]"]
    )

    private static let inspectDeadLetters = Command(
        "dlq",
        summary: "Counts dead letters by reason, and shows one with its bytes.",
        examples: [
            "dash-reinforce inspect dlq --brokers localhost:9092",
            "dash-reinforce inspect dlq 3 --dlq dead.jsonl --filter reason=schema_error",
        ],
        options: [
            Option("dlq", value: "FILE", help: "a file written by `replay --dlq`"),
            Option("input", value: "FILE", help: "a recording, to find the records that cannot be read"),
            Option("topic", value: "NAME", help: "the topic of a version 1 recording's records"),
            Option(
                "filter",
                value: "FIELD=VALUE",
                repeated: true,
                help: "only those with this reason, stage, topic, partition, offset or key; commas separate values"
            ),
            brokers, json,
        ] + configuration + common,
        positionals: ["[NUMBER]"]
    )

    static let dlq = Command(
        "dlq",
        summary: "Sends dead letters, the records that could not be processed, back.",
        examples: ["dash-reinforce dlq replay --brokers localhost:9092 --filter reason=schema_error --dry-run"],
        commands: [dlqReplay]
    )

    private static let dlqReplay = Command(
        "replay",
        summary: "Sends dead letters back to where they came from.",
        discussion:
            "Sends the original bytes, key, headers and time to the original partition, and adds a header `replay` that names "
            + "the dead letter. Sending twice does no harm: the messages keep their ids. What this configuration still "
            + "cannot decode would become a dead letter again at once: then nothing is sent, unless --yes is given.",
        examples: [
            "dash-reinforce dlq replay --brokers localhost:9092 --filter reason=schema_error,decode_error --dry-run",
            "dash-reinforce dlq replay --brokers localhost:9092 --dlq dead.jsonl",
        ],
        options: [
            brokers,
            Option(
                "filter",
                value: "FIELD=VALUE",
                repeated: true,
                help: "only those with this reason, stage, topic, partition, offset or key; commas separate values"
            ),
            Option("dlq", value: "FILE", help: "a file written by `replay --dlq` (default: the dead-letter topic)"),
            Option("dry-run", help: "count what would be sent, and send nothing"),
            Option("yes", short: "y", help: "send also what still cannot be decoded"), json,
        ] + configuration + common
    )
}
