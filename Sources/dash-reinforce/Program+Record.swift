import Arguments

extension Program {
    /// Where a range of topics comes from.
    static let topicRange = [
        Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas"),
        Option(
            "topic",
            value: "NAME",
            repeated: true,
            help: "a topic; several may be given (default topics.events); with --input: that of its records"
        ),
        Option("from", value: "WHERE", help: "earliest, latest, a time, or PARTITION:OFFSET,… (default earliest)"),
        Option("to", value: "WHERE", help: "the same, exclusive (default latest: the end when it starts)"),
    ]

    static let record = Command(
        "record",
        summary: "Writes a range of topics to a recording.",
        discussion:
            "Records keep their keys, headers, timestamps and offsets. The same range gives the same records in the same "
            + "order; a partition that an offset list does not name is taken whole. FILE.idx beside it finds threads.",
        examples: [
            "dash-reinforce record --brokers localhost:9092 --topic dashstream-events --out run.dsrun.zst",
            "dash-reinforce record --topic events --from 2026-11-24T08:00:00Z --to 2026-11-24T09:00:00Z --out hour.dsrun",
            "dash-reinforce record --topic events --from 0:1000,1:950 --to 0:2000,1:1900 --out some.dsrun --resume",
        ],
        options: topicRange + [
            Option("out", value: "FILE", help: "the recording; .zst compresses; -: stdout"),
            Option("resume", help: "go on with an interrupted recording, where there is one"),
            Option("json", help: "print what was recorded as JSON"),
        ] + configuration + common
    )
}
