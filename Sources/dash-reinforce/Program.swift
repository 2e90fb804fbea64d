import Arguments

/// The commands and their options.
enum Program {
    static let root = Command(
        "dash-reinforce",
        summary: "Turns the traces of running LLM agents into reinforcement-learning batches.",
        discussion:
            "Reads DashStream traces from Kafka or a recording, pairs every run with its training example by key, "
            + "scores it, and writes batches with group-relative advantages.",
        options: [Option("version", short: "V", help: "print this program's version, librdkafka's and Swift's")],
        commands: [
            demo, run, replay, tail, record, verify, compare, inspect, rewards, dlq, simulate, advantages, instantLoop,
            topics,
            check, completions, version,
        ]
    )

    static let version = Command(
        "version",
        summary: "Prints this program's version, librdkafka's and Swift's.",
        examples: ["dash-reinforce version", "dash-reinforce version --json"],
        options: [Option("json", help: "print them as JSON")] + common
    )

    static let common = [
        Option("quiet", help: "print errors only, and no progress"),
        Option("no-color", help: "print no colours (as NO_COLOR does)"),
    ]

    static let configuration = [
        Option("config", value: "FILE", help: "configuration file, YAML (keys: docs/configuration.md)"),
        Option("set", value: "KEY=VALUE", repeated: true, help: "set a configuration key, as groups.settle=1h"),
    ]

    static let estimation = [
        Option("estimator", value: "PRESET", help: "how rewards become advantages: trl, verl, openrlhf, dashflow, …"),
        Option(
            "timeouts",
            choices: ["exclude", "failure"],
            help: "a rollout that never ended is not trained on, or counts as failed"
        ),
        Option("failure-score", value: "X", help: "reward of a rollout that failed"),
        Option("format-failure-score", value: "X", help: "reward of a rollout that gave no answer"),
        Option("groups-per-batch", value: "N", help: "how many groups make a batch"),
    ]

    static let replay = Command(
        "replay",
        summary: "Runs a recording or a range of topics through the processor, once.",
        discussion:
            "The same records give the same bytes, whatever --threads is, however they are partitioned, and whether they "
            + "come from a topic or its recording. A file gets its name only when it is whole; the batches of a topic "
            + "become visible all at once.",
        examples: [
            "dash-reinforce replay --input run.dsrun --examples examples.jsonl --out batches.jsonl --ledger ledger.jsonl",
            "dash-reinforce replay --input run.dsrun --examples examples.jsonl --out batches.pb.zst",
            "zstdcat run.dsrun.zst | dash-reinforce replay --input - --examples examples.jsonl --out -",
            "dash-reinforce replay --brokers localhost:9092 --topic events --from 2026-11-24T08:00:00Z "
                + "--examples topic:dashstream-examples --out topic:reinforce",
            "dash-reinforce replay --input run.dsrun --config c.yaml --only-failed ledger.jsonl "
                + "--batches batches.jsonl --out revised.jsonl",
        ],
        options: log + [
            Option(
                "out",
                value: "FILE",
                help: "write the batches, JSON lines; FILE.pb: protobuf; FILE.zst: compressed; -: stdout; or topic:NAME"
            ),
            Option("ledger", value: "FILE", help: "write what became of every thread, a JSON line each"),
            Option("dlq", value: "FILE", help: "write the records that cannot be read, a JSON line each"),
            Option("summary", value: "FILE", help: "write what was counted, as JSON"),
            Option(
                "only-failed",
                value: "LEDGER",
                help:
                    "score again only threads whose reward was missing or invalid in this ledger, and write the groups "
                    + "that change by it"
            ),
            Option("batches", value: "FILE|topic:NAME", help: "with --only-failed: the batches written before"),
            Option("ask", help: "ask the judges of the configuration again, instead of taking what they said before"),
            Option("json", help: "print the summary as JSON"),
        ] + estimation + configuration + common
    )

    static let run = Command(
        "run",
        summary: "Processes topics live, until it is ended.",
        discussion:
            "Reads the events topics as a consumer group and writes every batch exactly once; any number of processes may "
            + "share the work. With `delivery: at_least_once`, which needs no transactions, a crash loses nothing either, "
            + "but what was written since the last commit is written again, whole and with the same digest.",
        examples: [
            "dash-reinforce run --config dash-reinforce.yaml",
            "dash-reinforce run --brokers localhost:9092 --examples examples.jsonl",
            "dash-reinforce run --embedded --examples examples.jsonl",
            "dash-reinforce run --config dash-reinforce.yaml --set instance_id=$POD_NAME",
        ],
        options: [
            Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas"),
            Option(
                "embedded",
                help:
                    "for trying things out: a broker within this process in place of `kafka`, with every topic; its address "
                    + "is printed, and all that is on it goes with the process"
            ),
            Option("examples", value: "FILE", help: "training examples, a JSON object a line"),
            Option("print-config", help: "print the configuration that is in force, without secrets, and end"),
            Option("check-config", help: "say everything that is wrong with the configuration, and end"),
            Option(
                "health-file",
                value: "FILE",
                help: "note every turn of the work in a file, for `check --health-file`"
            ),
        ] + estimation + configuration + common
    )

    static let advantages = Command(
        "advantages",
        summary: "Shows the advantages that an estimator gives for some rewards.",
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
            Option(
                "estimator",
                value: "PRESET",
                help: "a preset, or `all` for all of them side by side (default dashflow)"
            ),
            Option("json", help: "a JSON line each, on a terminal too"),
        ] + common
    )

    static let simulate = Command(
        "simulate",
        summary: "Writes realistic DashStream traffic to a topic or a recording.",
        discussion:
            "To a file, the same command gives the same bytes. To Kafka, every run gives its groups and threads names of "
            + "their own, and what it writes has the time of day. With --learn the agents wait after every round for the "
            + "batches that a processor makes of it, learn from their advantages, and a line tells the mean reward.",
        examples: [
            "dash-reinforce simulate --out run.dsrun --threads 400 --seed 7",
            "dash-reinforce simulate --out run.dsrun --threads 1000 --unknown-examples 0.2 --poison 0.002 --late 0.05",
            "dash-reinforce simulate --brokers localhost:9092 --topic dashstream-events --threads 1000 --rate 500",
            "dash-reinforce simulate --brokers localhost:9092 --threads 4000 --tasks 8 --rate 500 --learn reinforce",
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
            Option("seed", value: "N", help: "of all that is random, the training examples too (default 1)"),
            Option("tasks", value: "N", help: "tasks of the agents, a group each in a round (default: 64 at most)"),
            Option(
                "learn",
                value: "TOPIC",
                help: "the agents learn from the batches on this topic (JSON; needs --brokers, and a `run` at work)"
            ),
            Option(
                "run",
                value: "ID",
                help: "part of every group and thread id; default: a new one with Kafka, none in a file"
            ),
            Option("group-size", value: "N", help: "rollouts of a group (default 8)"),
            Option("failures", value: "SHARE", help: "share of rollouts that fail (default 0.02)"),
            Option("retries", value: "SHARE", help: "share of rollouts with a model call that is retried (default 0)"),
            Option("model-errors", value: "SHARE", help: "share of rollouts with a model call that fails (default 0)"),
            Option("judges", value: "SHARE", help: "share of rollouts that two other models judge (default 0)"),
            Option("duplicates", value: "SHARE", help: "share of records that are written twice (default 0.02)"),
            Option("reordered", value: "SHARE", help: "share of records that come out of order (default 0.01)"),
            Option("late", value: "SHARE", help: "share of rollouts that write on after their end (default 0.01)"),
            Option(
                "poison",
                value: "SHARE",
                help: "share of records beside the others that nobody can read (default 0)"
            ),
            Option("unpaired", value: "SHARE", help: "share of rollouts that name no example (default 0)"),
            Option(
                "unknown-examples",
                value: "SHARE",
                help: "share of the examples that is left out of the examples file (default 0)"
            ),
            Option("incomplete", value: "SHARE", help: "share of rollouts that stop without an end (default 0)"),
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
            Option(
                "listen",
                value: "HOST:PORT",
                help: "where the page is served (default 127.0.0.1:9464, or the next free port); empty: nowhere"
            ),
            Option(
                "token-file",
                value: "FILE",
                help: "the page wants the token that this file holds (http.token_file)"
            ),
            Option("open", help: "open the page in the browser"),
        ] + common
    )

    static let completions = Command(
        "completions",
        summary: "Prints a completion script for a shell.",
        examples: ["dash-reinforce completions bash > /etc/bash_completion.d/dash-reinforce"],
        positionals: ["SHELL"]
    )
}
