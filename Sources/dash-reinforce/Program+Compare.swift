import Arguments

extension Program {
    static let compare = Command(
        "compare",
        summary: "What-if: two configurations on one log, rewards and advantages side by side.",
        discussion:
            "The log is read once where both configurations lead to the same threads (other rewards, groups, estimators "
            + "or batches), else once for each.",
        examples: [
            "dash-reinforce compare a.yaml b.yaml --input run.dsrun --examples examples.jsonl",
            "dash-reinforce compare a.yaml b.yaml --input run.dsrun --examples examples.jsonl --html report.html --quiet",
        ],
        options: [
            Option("limit", value: "N", help: "groups that are shown, the farthest moved first (default 20; 0: all)"),
            Option("json", help: "everything as JSON, all groups in it"),
            Option("html", value: "FILE", help: "a page with plots that needs nothing else"),
            Option("exit-code", help: "end with 1 where anything differs"),
            Option("set", value: "KEY=VALUE", repeated: true, help: "a configuration key for both sides"),
        ] + log + common,
        positionals: ["A.yaml", "B.yaml"]
    )
}
