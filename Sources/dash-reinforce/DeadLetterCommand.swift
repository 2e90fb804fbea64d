import Arguments
import JSON
import Pipeline
import Settings

/// `dlq replay`
struct DeadLetterCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        guard parsed.path.last == "replay" else { throw ArgumentProblem("dlq what? There is replay") }
        let settings = try loadSettings(parsed)
        let source: DeadLetterSource = parsed.last("dlq").map { .file($0) } ?? .topic(settings)
        var replay = DeadLetterReplay(source, try DeadLetterFilter(parsed.all("filter")), settings)
        replay.isDryRun = parsed.has("dry-run")
        let result = try replay.run()
        if parsed.has("json") {
            Output.print(String(decoding: json(result), as: UTF8.self) + "\n")
        } else if !parsed.has("quiet") {
            Output.print(text(result))
        }
        return 0
    }

    private func text(_ result: DeadLetterReplay.Result) -> String {
        let verb = parsed.has("dry-run") ? "would be sent" : "sent"
        var text = "\(result.sent) of \(result.read) dead letters \(verb)\n"
        for (topic, count) in result.topics.sorted(by: { $0.key < $1.key }) { text += "  to \(topic): \(count)\n" }
        for (reason, count) in result.reasons.sorted(by: { $0.key < $1.key }) { text += "  \(reason): \(count)\n" }
        for (reason, count) in result.homeless.sorted(by: { $0.key < $1.key }) {
            text += "  not sent, they came from no topic: \(count) (\(reason))\n"
        }
        return text
    }

    private func json(_ result: DeadLetterReplay.Result) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, count) in [("read", result.read), ("chosen", result.chosen), ("sent", result.sent)] {
            writer.key(name)
            writer.integer(Int64(count))
        }
        writer.key("dry_run")
        writer.bool(parsed.has("dry-run"))
        for (name, counts) in [("topics", result.topics), ("reasons", result.reasons), ("homeless", result.homeless)] {
            writer.key(name)
            writer.beginObject()
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                writer.integer(Int64(count))
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }
}
