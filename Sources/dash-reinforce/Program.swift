import Arguments

/// The commands and their options.
enum Program {
    static let root = Command(
        "dash-reinforce",
        summary: "Turns the traces of running LLM agents into reinforcement-learning batches.",
        discussion:
            "Reads DashStream traces from Kafka or a recording, pairs every run with its training example by key, "
            + "scores it, and writes batches with group-relative advantages.",
        commands: [
            demo, run, replay, record, verify, compare, inspect, dlq, simulate, advantages, instantLoop, topics, check,
            completions,
        ]
    )

    static let common = [
        Option("quiet", help: "no progress, errors only"),
        Option("no-color", help: "no colours (as NO_COLOR)"),
    ]

    static let configuration = [
        Option("config", value: "FILE", help: "configuration as YAML (docs/configuration.md)"),
        Option("set", value: "KEY=VALUE", repeated: true, help: "any configuration key, its value as YAML"),
    ]

    static let estimation = [
        Option("estimator", value: "PRESET", help: "how rewards become advantages: trl, verl, openrlhf, dashflow, …"),
        Option("timeouts", choices: ["exclude", "failure"], help: "rollouts without an end"),
        Option("failure-score", value: "X", help: "score of a failed rollout"),
        Option("format-failure-score", value: "X", help: "score where an answer is missing"),
        Option("groups-per-batch", value: "N", help: "groups of a batch"),
    ]

    static let replay = Command(
        "replay",
        summary: "Runs a recording or a range of topics through the processor, once.",
        discussion:
            "The same range gives the same bytes, whatever --threads and the partitioning, from a topic as from its "
            + "recording. Files appear under their names only when they are whole, a topic's batches all at once.",
        examples: [
            "dash-reinforce replay --input run.dsrun --examples examples.jsonl --out batches.jsonl --ledger ledger.jsonl",
            "dash-reinforce replay --input run.dsrun --examples examples.jsonl --out batches.pb.zst",
            "zstdcat run.dsrun.zst | dash-reinforce replay --input - --examples examples.jsonl --out -",
            "dash-reinforce replay --brokers localhost:9092 --topic events --from 2026-11-24T08:00:00Z "
                + "--examples topic:dashstream-examples --out topic:reinforce",
            "dash-reinforce replay --input run.dsrun --config c.yaml --only-failed ledger.jsonl "
                + "--batches batches.jsonl --out revised.jsonl",
        ],
        options: [
            Option("input", value: "FILE", help: "a recording, .zst too; -: stdin")
        ] + topicRange + [
            Option("examples", value: "FILE", help: "training examples, a JSON object a line; or topic:NAME"),
            Option("rollouts", value: "FILE", help: "pairings beside the trace, a JSON object a line; or topic:NAME"),
            Option("as-of", value: "TIME", help: "records later than this time (plus max_clock_skew) are not believed"),
            Option(
                "out",
                value: "FILE",
                help: "batches, a line each, .pb: in protobuf; .zst compresses; -: stdout; or topic:NAME"
            ),
            Option("ledger", value: "FILE", help: "the fate of every thread, a line each"),
            Option("dlq", value: "FILE", help: "records that cannot be read, a line each"),
            Option("summary", value: "FILE", help: "what was counted, as JSON"),
            Option(
                "only-failed",
                value: "LEDGER",
                help: "score only threads whose reward was missing or invalid in this ledger; write revised groups"
            ),
            Option("batches", value: "FILE|topic:NAME", help: "with --only-failed: what was written before"),
            Option("threads", value: "N", help: "partitions worked on at the same time"),
            Option("json", help: "print the summary as JSON"),
        ] + estimation + configuration + common
    )

    static let run = Command(
        "run",
        summary: "The live processor beside Kafka.",
        discussion:
            "Consumes the events topics as a group and writes batches exactly once, by any number of processes, each with "
            + "an instance_id of its own. With delivery at_least_once, which needs no transactions, nothing is lost after a "
            + "crash either, and only what was written since the last commit comes again, whole and with the same digest.",
        examples: [
            "dash-reinforce run --config dash-reinforce.yaml",
            "dash-reinforce run --brokers localhost:9092 --examples examples.jsonl",
            "dash-reinforce run --config dash-reinforce.yaml --set instance_id=two",
        ],
        options: [
            Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas"),
            Option("examples", value: "FILE", help: "training examples, a JSON object a line"),
            Option("print-config", help: "print the effective configuration, secrets hidden, and end"),
            Option("check-config", help: "check the configuration and end"),
        ] + estimation + configuration + common
    )

    static let advantages = Command(
        "advantages",
        summary: "What an estimator makes of given rewards.",
        examples: [
            #"echo '{"rewards":[1,0,null,0.5]}' | dash-reinforce advantages --estimator all"#,
            "dash-reinforce advantages --input rewards.jsonl --estimator verl",
        ],
        options: [
            Option(
                "input",
                value: "FILE",
                help: "a line each: {\"rewards\":[…],\"groups\":[…],\"lengths\":[…]}; default stdin"
            ),
            Option("estimator", value: "PRESET", help: "a preset, or all of them side by side (default dashflow)"),
            Option("json", help: "a JSON line each, on a terminal too"),
        ] + common
    )

    static let simulate = Command(
        "simulate",
        summary: "Writes realistic DashStream traffic to a topic or a recording.",
        examples: [
            "dash-reinforce simulate --out run.dsrun --threads 400 --seed 7",
            "dash-reinforce simulate --brokers localhost:9092 --topic dashstream-events --threads 1000 --rate 500",
        ],
        options: [
            Option("brokers", value: "HOST:PORT", help: "write to Kafka"),
            Option("topic", value: "NAME", help: "the topic (default dashstream-events)"),
            Option("out", value: "FILE", help: "write a recording, and its examples beside it"),
            Option(
                "examples",
                value: "FILE",
                help: "where the training examples are written (with --out: FILE.examples.jsonl)"
            ),
            Option("threads", value: "N", help: "rollouts (default 100)"),
            Option("rate", value: "N", help: "records a second; default: as fast as it goes"),
            Option("seed", value: "N", help: "of all that is random (default 1)"),
            Option("group-size", value: "N", help: "rollouts of a group (default 8)"),
            Option("failures", value: "SHARE", help: "share of rollouts that fail (default 0.02)"),
            Option("retries", value: "SHARE", help: "share of rollouts with a model call that is retried (default 0)"),
            Option("model-errors", value: "SHARE", help: "share of rollouts with a model call that fails (default 0)"),
            Option("judges", value: "SHARE", help: "share of rollouts that two other models judge (default 0)"),
            Option("duplicates", value: "SHARE", help: "share of records that come twice (default 0.02)"),
            Option("late", value: "SHARE", help: "share of records that come late (default 0.01)"),
            Option("partitions", value: "N", help: "partitions of the recording (default 4)"),
        ] + common
    )

    static let demo = Command(
        "demo",
        summary: "Everything in one process: broker, agents, processor, trainer. The agents learn.",
        examples: ["dash-reinforce demo", "dash-reinforce demo --headless --rounds 10 --seed 3"],
        options: [
            Option("rounds", value: "N", help: "rounds of rollouts and updates (default 30)"),
            Option("seed", value: "N", help: "of all that is random (default 1)"),
            Option("headless", help: "no live screen: one line a round"),
            Option("brokers", value: "HOST:PORT", help: "a real Kafka instead of the embedded broker"),
        ] + common
    )

    static let completions = Command(
        "completions",
        summary: "Prints a completion script for a shell.",
        examples: ["dash-reinforce completions bash > /etc/bash_completion.d/dash-reinforce"],
        positionals: ["SHELL"]
    )
}
