import Arguments

extension Program {
    /// Where a range of topics comes from.
    static let topicRange = [
        Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas"),
        Option(
            "topic",
            value: "NAME",
            repeated: true,
            help: "a topic, may be given several times (default topics.events); with --input: the topic of its records"
        ),
        Option(
            "from",
            value: "WHERE",
            help:
                "begin here: earliest, latest, a time as 2026-11-24T08:00:00Z, or PARTITION:OFFSET,… (default earliest)"
        ),
        Option(
            "to",
            value: "WHERE",
            help: "end before this, written like --from (default latest: what is there at the start)"
        ),
    ]

    static let record = Command(
        "record",
        summary: "Copies a range of topics into a file, a recording.",
        discussion:
            "Records keep their keys, headers, timestamps and offsets. The same range gives the same records in the same "
            + "order; a partition that a list of offsets does not name is taken whole. The index FILE.idx, written with it, "
            + "finds a thread without reading all.",
        examples: [
            "dash-reinforce record --brokers localhost:9092 --topic dashstream-events --out run.dsrun.zst",
            "dash-reinforce record --topic events --from 2026-11-24T08:00:00Z --to 2026-11-24T09:00:00Z --out hour.dsrun",
            "dash-reinforce record --topic events --from 0:1000,1:950 --to 0:2000,1:1900 --out some.dsrun --resume",
        ],
        options: topicRange + [
            Option("out", value: "FILE", help: "the recording; .zst compresses; -: stdout"),
            Option("resume", help: "continue an interrupted recording, where there is one"),
            Option("json", help: "print what was recorded as JSON"),
        ] + configuration + common
    )
}
