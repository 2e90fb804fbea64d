import Arguments

extension Program {
    static let rewards = Command(
        "rewards",
        summary: "Tries the components of a reward on rollouts of a log.",
        examples: ["dash-reinforce rewards test --config c.yaml --input run.dsrun --limit 5"],
        commands: [rewardsTest]
    )

    private static let rewardsTest = Command(
        "test",
        summary: "Scores some rollouts and shows what each component says of them.",
        discussion:
            "Judges are asked, nothing is written. Each component's value, status, time and explanation stand beside the prompt "
            + "and the completion. Exit code 0: every judge answered; 1: one did not.",
        examples: [
            "dash-reinforce rewards test --config c.yaml --input run.dsrun --examples examples.jsonl --limit 5",
            "dash-reinforce rewards test --config c.yaml --brokers localhost:9092 --topic events --json",
        ],
        options: [
            Option("limit", value: "N", help: "how many rollouts (default 10)"),
            Option("json", help: "print a JSON object a rollout"),
        ] + log + estimation + configuration + common
    )
}
