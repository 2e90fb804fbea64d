import Arguments

extension Program {
    private static let principal = Option(
        "principal",
        value: "USER",
        help: "who gets the permissions, as User:NAME (default: the SASL user, else User:APP_ID)"
    )
    private static let brokers = Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas")

    private static let topicOptions = [
        brokers,
        Option("partitions", value: "N", help: "partitions of events topics that are created (default 12)"),
        Option("replication", value: "N", help: "copies of each created topic (default: the broker's)"),
        principal,
        Option("json", help: "print it as JSON"),
    ]

    static let topics = Command(
        "topics",
        summary: "Prints or creates the topics that a configuration needs.",
        examples: ["dash-reinforce topics plan", "dash-reinforce topics create --config dash-reinforce.yaml"],
        commands: [
            Command(
                "plan",
                summary: "Prints the topics, their settings and the ACLs, without asking a broker.",
                examples: [
                    "dash-reinforce topics plan --principal User:trainer --brokers kafka:9092",
                    "dash-reinforce topics plan --config dash-reinforce.yaml --json",
                ],
                options: topicOptions + configuration + common
            ),
            Command(
                "create",
                summary: "Creates the topics that are missing.",
                discussion:
                    "A topic that is there already is never changed; where it differs from the plan, that is reported.",
                examples: ["dash-reinforce topics create --config dash-reinforce.yaml --replication 3"],
                options: topicOptions + configuration + common
            ),
        ]
    )

    static let check = Command(
        "check",
        summary: "Checks whether everything is ready for `run`, and says what to do where it is not.",
        discussion:
            "Looks at brokers, credentials, the version of librdkafka, topics and their settings, and every permission. "
            + "Nothing is written, no group is joined and no running processor is disturbed. Exit code 0: ready; 77: "
            + "something is not allowed; 69: no broker answers, or a topic is missing; 64: something is configured wrongly. "
            + "With --health-file it looks at one running process and asks no broker. Exit code 0: that process did a turn "
            + "of its work within the last minute; 75: it did not.",
        examples: [
            "dash-reinforce check --config dash-reinforce.yaml", "dash-reinforce check --json",
            "dash-reinforce check --health-file /tmp/dash-reinforce.health",
        ],
        options: [
            brokers, principal, Option("json", help: "print the findings as JSON"),
            Option("health-file", value: "FILE", help: "only look at the process that was started with this file"),
        ] + configuration + common
    )
}
