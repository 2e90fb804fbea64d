import Arguments

extension Program {
    /// Options of the commands that read a log offline.
    static let log =
        [Option("input", value: "FILE", help: "a recording, .zst too; -: stdin")] + topicRange + [
            Option("examples", value: "FILE", help: "training examples, a JSON object a line; or topic:NAME"),
            Option(
                "rollouts",
                value: "FILE",
                help: "pairings of threads and examples, a JSON object a line; or topic:NAME"
            ),
            Option(
                "rewards",
                value: "FILE",
                help: "rewards from outside the traces, a JSON object a line; or topic:NAME"
            ),
            Option(
                "as-of",
                value: "TIME",
                help: "do not believe later timestamps (plus max_clock_skew); written as 2026-11-24T08:00:00Z"
            ),
            Option("threads", value: "N", help: "how many partitions are worked on at the same time"),
        ]

    static let verify = Command(
        "verify",
        summary: "Proves that batches come from a log: recomputes every group and compares.",
        discussion:
            "Give the configuration that the batches were made with. Every group is computed again from the log and compared, "
            + "field by field and by its digest. Exit code 0: all are the same; 1: something differs, and is named.",
        examples: [
            "dash-reinforce verify --input run.dsrun --examples examples.jsonl --batches batches.jsonl",
            "dash-reinforce verify --input run.dsrun --config dash-reinforce.yaml --batches topic:reinforce --json",
        ],
        options: [
            Option(
                "batches",
                value: "FILE|topic:NAME",
                help: "the batches: a file (.zst too, -: stdin) or a topic"
            ),
            Option("limit", value: "N", help: "how many differences are printed (default 50; 0: all)"),
            Option("json", help: "print the report as JSON, with every difference"),
        ] + log + estimation + configuration + common
    )
}
