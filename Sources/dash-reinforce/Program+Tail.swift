import Arguments

extension Program {
    static let tail = Command(
        "tail",
        summary: "Shows batches as they come, group by group.",
        discussion:
            "Each group with its example, and each rollout with its reward, its advantage and the first line of what the "
            + "policy read and wrote. Follows a topic until Ctrl-C, or reads a file to its end. Committed batches only.",
        examples: [
            "dash-reinforce tail --brokers localhost:9092 --topic reinforce",
            "dash-reinforce tail --brokers localhost:9092 --from earliest --groups 3",
            "dash-reinforce tail --input batches.jsonl",
            "dash-reinforce replay --input run.dsrun --examples examples.jsonl --out - | dash-reinforce tail --input -",
        ],
        options: [
            Option("brokers", value: "HOST:PORT", help: "some brokers, separated by commas"),
            Option("topic", value: "NAME", help: "the topic with batches (default topics.output)"),
            Option(
                "from",
                value: "WHERE",
                help: "earliest, latest (default), a time, or PARTITION:OFFSET,… where to begin"
            ),
            Option("input", value: "FILE", help: "a file of batches: JSON lines, .pb: protobuf, .zst too; -: stdin"),
            Option("groups", value: "N", help: "ends after so many groups"),
            Option("json", help: "a JSON object a group and line"),
        ] + configuration + common
    )
}
