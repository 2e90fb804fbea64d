import Arguments
import JSON
import Kafka

/// `version`, and `--version`
struct VersionCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() -> Int32 {
        Output.print((parsed.has("json") ? json : Version.line) + "\n")
        return 0
    }

    private var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, version) in [
            ("dash_reinforce", Version.number), ("librdkafka", librdkafkaVersion), ("swift", Version.swift),
        ] {
            writer.key(name)
            writer.string(version)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
