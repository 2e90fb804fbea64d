import Arguments

extension Program {
    static let compare = Command(
        "compare",
        summary: "Shows what another configuration would make of the same log: rewards and advantages side by side.",
        discussion:
            "The log is read once where both configurations lead to the same threads (other rewards, groups, estimators "
            + "or batches), else once for each.",
        examples: [
            "dash-reinforce compare a.yaml b.yaml --input run.dsrun --examples examples.jsonl",
            "dash-reinforce compare a.yaml b.yaml --input run.dsrun --examples examples.jsonl --html report.html --quiet",
        ],
        options: [
            Option(
                "limit",
                value: "N",
                help: "how many groups are printed, those that change most first (default 20; 0: all)"
            ),
            Option("json", help: "print everything as JSON, with every group"),
            Option("html", value: "FILE", help: "write a page with plots, complete in one file"),
            Option("exit-code", help: "end with exit code 1 if anything differs"),
            Option("set", value: "KEY=VALUE", repeated: true, help: "set a configuration key in both configurations"),
        ] + log + common,
        positionals: ["A.yaml", "B.yaml"]
    )
}
