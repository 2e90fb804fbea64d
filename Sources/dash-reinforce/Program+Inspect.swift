import Arguments

extension Program {
    private static let brokers = Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas")
    private static let tenant = Option("tenant", value: "ID", help: "of this tenant only: ids repeat between tenants")
    private static let json = Option("json", help: "as JSON, one object a line")

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
        summary: "A thread message by message: order, gaps, duplicates, state before and after, pairing, fate.",
        discussion:
            "In a recording the thread is found by the index beside it (FILE.idx), which is made where it is not there.",
        examples: [
            "dash-reinforce inspect thread rollout-17 --input run.dsrun.zst",
            "dash-reinforce inspect thread rollout-17 --input run.dsrun --examples examples.jsonl --fate",
        ],
        options: [
            tenant, Option("fate", help: "replay the whole log, so that its group is decided too"), json,
        ] + log + estimation + configuration + common,
        positionals: ["ID"]
    )

    private static let inspectGroup = Command(
        "group",
        summary: "A group: members, rewards, advantages, who is missing and why.",
        examples: ["dash-reinforce inspect group g-001 --input run.dsrun --examples examples.jsonl"],
        options: [tenant, json] + log + estimation + configuration + common,
        positionals: ["ID"]
    )

    private static let inspectBatch = Command(
        "batch",
        summary: "A batch with the lineage of every rollout: topic, partition, offsets, trace.",
        discussion: "ID: the first digits of a batch_id, or of a group's digest.",
        examples: [
            "dash-reinforce inspect batch 3f9a01 --batches batches.jsonl",
            "dash-reinforce inspect batch 3f9a01 --brokers localhost:9092",
        ],
        options: [
            Option("batches", value: "FILE|topic:NAME", help: "what was written"), json,
        ] + log + estimation + configuration + common,
        positionals: ["ID"]
    )

    private static let inspectCheckpoint = Command(
        "checkpoint",
        summary: "A checkpoint, decoded: the text that stands beside a committed offset.",
        examples: [
            "dash-reinforce inspect checkpoint --brokers localhost:9092 --set app_id=dash-reinforce",
            "dash-reinforce inspect checkpoint RFIC… --offset 4711 --set app_id=dash-reinforce",
        ],
        options: [brokers, Option("offset", value: "N", help: "the offset that TEXT stands beside"), json]
            + configuration + common,
        positionals: ["[TEXT]"]
    )

    private static let inspectDeadLetters = Command(
        "dlq",
        summary: "Dead letters: reasons counted, one shown with its bytes.",
        examples: [
            "dash-reinforce inspect dlq --brokers localhost:9092",
            "dash-reinforce inspect dlq 3 --dlq dead.jsonl --filter reason=schema_error",
        ],
        options: [
            Option("dlq", value: "FILE", help: "a file that replay --dlq has written"),
            Option("input", value: "FILE", help: "a recording: its dead letters are found again"),
            Option("topic", value: "NAME", help: "the topic of a version 1 recording's records"),
            Option(
                "filter",
                value: "FIELD=VALUE",
                repeated: true,
                help: "reason, stage, topic, partition, offset or key"
            ),
            brokers, json,
        ] + configuration + common,
        positionals: ["[NUMBER]"]
    )

    static let dlq = Command(
        "dlq",
        summary: "Works on dead letters.",
        examples: ["dash-reinforce dlq replay --brokers localhost:9092 --filter reason=schema_error --dry-run"],
        commands: [dlqReplay]
    )

    private static let dlqReplay = Command(
        "replay",
        summary: "Sends dead letters back to where they came from.",
        discussion:
            "The original bytes, key, headers, time and partition, and a header `replay` that names the dead letter. "
            + "Sending twice does no harm: the messages keep their ids.",
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
                help: "reason, stage, topic, partition, offset or key"
            ),
            Option("dlq", value: "FILE", help: "a file that replay --dlq has written; default: the dead-letter topic"),
            Option("dry-run", help: "count what would be sent"), json,
        ] + configuration + common
    )
}
