import Arguments

extension Program {
    /// What all commands share that read a log offline.
    static let log =
        [Option("input", value: "FILE", help: "a recording, .zst too; -: stdin")] + topicRange + [
            Option("examples", value: "FILE", help: "training examples, a JSON object a line; or topic:NAME"),
            Option("rollouts", value: "FILE", help: "pairings beside the trace, a JSON object a line; or topic:NAME"),
            Option("as-of", value: "TIME", help: "records later than this time (plus max_clock_skew) are not believed"),
            Option("threads", value: "N", help: "partitions worked on at the same time"),
        ]

    static let verify = Command(
        "verify",
        summary: "Proves that batches come from a log: recomputes every group and compares.",
        discussion:
            "Give the configuration that the batches were made with. Every field is compared, and both digests: of what "
            + "is written, and of what the log gives. Exit 0: all verified; 1: something differs, and is named.",
        examples: [
            "dash-reinforce verify --input run.dsrun --examples examples.jsonl --batches batches.jsonl",
            "dash-reinforce verify --input run.dsrun --config dash-reinforce.yaml --batches topic:reinforce --json",
        ],
        options: [
            Option(
                "batches",
                value: "FILE|topic:NAME",
                help: "what was written: a file (.zst too, -: stdin) or a topic"
            ),
            Option("limit", value: "N", help: "differences that are named (default 50; 0: all)"),
            Option("json", help: "the report as JSON, every difference in it"),
        ] + log + estimation + configuration + common
    )
}
