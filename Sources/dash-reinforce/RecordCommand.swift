import Arguments
import Foundation
import JSON
import Pipeline
import Recordings
import Settings

/// `record`
struct RecordCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        guard let out = parsed.last("out") else { throw ArgumentProblem("record needs --out FILE") }
        let settings = try loadSettings(parsed)
        let range = try parsed.topicRange(settings)
        let now = Int64((Date().timeIntervalSince1970 * 1000).rounded())
        let recorder = TopicRecorder(range, to: out, memory: settings.limits.memoryBudget / 4, recordedAt: now)
        recorder.resumes = parsed.has("resume")
        let progress = Progress(quiet: parsed.has("quiet"))
        recorder.onProgress = { progress.show(records: $0, bytes: $1, share: $2) }
        let interrupt = Interrupt.ofTool()
        recorder.isInterrupted = { interrupt.isRequested }
        let result = try recorder.run()
        progress.end()
        if parsed.has("json") { Output.print(String(decoding: json(result, out), as: UTF8.self) + "\n") }
        if !result.wasInterrupted, !settings.topics.rewards.isEmpty { try recordRewards(settings, out) }
        if result.wasInterrupted {
            Output.error(
                "interrupted: \(result.records) records are in \(out).partial; the same command with --resume continues it"
            )
            return 130
        }
        if !parsed.has("quiet"), !parsed.has("json") {
            let before = result.resumed > 0 ? " (\(result.resumed) of them from before)" : ""
            Output.note("\(result.records) records\(before) in \(out)\n")
        }
        return 0
    }

    /// Where rewards from outside the traces of a recording stand.
    static func rewards(of recording: String) -> String { recording + ".rewards.jsonl" }

    /// Takes the rewards topic along, whole: a replay of the recording asks nobody.
    private func recordRewards(_ settings: Settings, _ out: String) throws {
        let path = Self.rewards(of: out)
        let (count, problems) = try settings.recordRewards(topic: settings.topics.rewards, to: path)
        guard !parsed.has("quiet") else { return }
        Output.note("\(count) rewards in \(path)\n")
        for problem in problems.prefix(10) { Output.note("warning: passed over: \(problem)\n") }
    }

    private func json(_ result: TopicRecorder.Result, _ out: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("file")
        writer.string(out)
        writer.key("records")
        writer.integer(Int64(result.records))
        writer.key("resumed")
        writer.integer(Int64(result.resumed))
        writer.key("bytes")
        writer.integer(result.bytes)
        writer.key("partial")
        writer.bool(result.wasInterrupted)
        writer.endObject()
        return writer.bytes
    }
}
