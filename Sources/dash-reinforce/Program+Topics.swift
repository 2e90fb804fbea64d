import Arguments

extension Program {
    private static let principal = Option(
        "principal",
        value: "USER",
        help: "whom permissions are for (default: the SASL user, else User:APP_ID)"
    )
    private static let brokers = Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas")

    private static let topicOptions = [
        brokers,
        Option("partitions", value: "N", help: "partitions of events topics that are missing (default 12)"),
        Option("replication", value: "N", help: "copies of each topic; default: the broker's"),
        principal,
        Option("json", help: "print it as JSON"),
    ]

    static let topics = Command(
        "topics",
        summary: "Prints or makes the topics that a configuration needs.",
        examples: ["dash-reinforce topics plan", "dash-reinforce topics create --config dash-reinforce.yaml"],
        commands: [
            Command(
                "plan",
                summary: "Prints the topics, their settings and the ACLs. Asks no broker.",
                examples: [
                    "dash-reinforce topics plan --principal User:trainer --brokers kafka:9092",
                    "dash-reinforce topics plan --config dash-reinforce.yaml --json",
                ],
                options: topicOptions + configuration + common
            ),
            Command(
                "create",
                summary: "Makes the topics that are missing, and leaves what is there alone.",
                discussion: "Where a topic is there and not as planned, that is reported and nothing is changed.",
                examples: ["dash-reinforce topics create --config dash-reinforce.yaml --replication 3"],
                options: topicOptions + configuration + common
            ),
        ]
    )

    static let check = Command(
        "check",
        summary: "Looks whether everything is ready for `run`, and says what to do where it is not.",
        discussion:
            "Brokers, credentials, library version, topics and their settings, and every permission. Nothing is written, "
            + "no group is joined and nobody is fenced. Ends with 0, or 77 (not allowed), 69 (not there), 64 (must be "
            + "set otherwise).",
        examples: ["dash-reinforce check --config dash-reinforce.yaml", "dash-reinforce check --json"],
        options: [brokers, principal, Option("json", help: "print the findings as JSON")] + configuration + common
    )
}
