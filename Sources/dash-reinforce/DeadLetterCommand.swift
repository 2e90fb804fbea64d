import Arguments
import Inspection
import JSON
import Pipeline
import Problems
import Settings

/// `dlq replay`
struct DeadLetterCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        guard parsed.path.last == "replay" else { throw ArgumentProblem("dlq needs the command `replay`") }
        let settings = try loadSettings(parsed)
        let source: DeadLetterSource = parsed.last("dlq").map { .file($0) } ?? .topic(settings)
        var replay = DeadLetterReplay(source, try DeadLetterFilter(parsed.all("filter")), settings)
        if !parsed.has("dry-run"), !parsed.has("yes") { try refuseWhatComesBack(replay) }
        replay.isDryRun = parsed.has("dry-run")
        let result = try replay.run()
        if parsed.has("json") {
            Output.print(String(decoding: json(result), as: UTF8.self) + "\n")
        } else if !parsed.has("quiet") {
            Output.print(text(result))
        }
        return 0
    }

    /// What still cannot be decoded becomes a dead letter again as soon as it is read: it is sent only on request.
    private func refuseWhatComesBack(_ given: DeadLetterReplay) throws {
        var replay = given
        replay.isDryRun = true
        let result = try replay.run()
        let count = result.unreadable.values.reduce(0, +)
        guard count > 0 else { return }
        throw PipelineProblem(
            .usage,
            "nothing was sent: \(count) of \(result.sent) dead letters still cannot be decoded (\(list(result.unreadable))) and "
                + "would become dead letters again at once. --filter chooses others, --yes sends them all the same, "
                + "--dry-run counts"
        )
    }

    private func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private func text(_ result: DeadLetterReplay.Result) -> String {
        let verb = parsed.has("dry-run") ? "would be sent" : "sent"
        var text = "\(result.sent) of \(result.read) dead letters \(verb)\n"
        for (topic, count) in result.topics.sorted(by: { $0.key < $1.key }) { text += "  to \(topic): \(count)\n" }
        for (reason, count) in result.reasons.sorted(by: { $0.key < $1.key }) { text += "  \(reason): \(count)\n" }
        let count = result.unreadable.values.reduce(0, +)
        if count > 0 {
            text +=
                "  \(count) of them still cannot be decoded and become dead letters again: \(list(result.unreadable))\n"
        }
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
        let tallies = [
            ("topics", result.topics), ("reasons", result.reasons), ("homeless", result.homeless),
            ("unreadable", result.unreadable),
        ]
        for (name, counts) in tallies {
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
