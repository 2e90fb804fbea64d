import Arguments
import Foundation
import Pipeline
import Reinforce
import Settings

/// `replay`
struct ReplayCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        guard let input = parsed.last("input") else { throw ArgumentProblem("replay needs --input FILE") }
        let threads = try parsed.integer("threads", in: 1...1024) ?? 1
        let settings = try loadSettings(parsed)
        var options = ReplayOptions(
            input: input,
            examples: try settings.readExamples(),
            estimator: try settings.makeEstimator()
        )
        options.topic = parsed.last("topic") ?? settings.topics.events.first ?? "dashstream-events"
        options.threads = threads
        options.stage = settings.stageConfiguration()
        options.groups = settings.groupConfiguration()
        options.batches = settings.batchConfiguration()
        options.maxClockSkew = settings.assembly.maxClockSkew
        options.asOf = try parsed.last("as-of").map(milliseconds)
        if let path = parsed.last("rollouts") { options.registry = try readRegistry(path) }
        options.output = parsed.last("out")
        options.batches.format = options.output.map { options.batches.format.ofFile($0) } ?? options.batches.format
        options.ledger = parsed.last("ledger")
        options.deadLetters = parsed.last("dlq")
        let replay = Replay(options)
        let progress = Progress(quiet: parsed.has("quiet"))
        replay.onProgress = { progress.show(records: $0, bytes: $1, total: $2) }
        let interrupt = Interrupt()
        replay.isInterrupted = { interrupt.isRequested }
        let result = try replay.run()
        progress.end()
        return try finish(result, settings.batches.minGroups)
    }

    private func finish(_ result: Replay.Result, _ minGroups: Int) throws -> Int32 {
        if result.wasInterrupted {
            Output.error("interrupted: nothing was written")
            return 130
        }
        let summary = result.summary
        if let path = parsed.last("summary") {
            let file = try OutputFile(path)
            try file.write(line: summary.json)
            try file.finish()
        }
        if parsed.has("json") {
            Output.print(String(decoding: summary.json, as: UTF8.self) + "\n")
        } else if !parsed.has("quiet") {
            Output.note(summary.text)
        }
        if let imbalance = summary.imbalance {
            Output.error("the counts do not balance: \(imbalance); please report this")
            return 70
        }
        if let problem = result.problem {
            Output.error(problem.description)
            return 66
        }
        if summary.batches == 0 {
            Output.error("no batch came of \(summary.stage.records) records: \(summary.whyNoBatch)")
            return 65
        }
        return 0
    }

    private func milliseconds(_ text: String) throws(ArgumentProblem) -> Int64 {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        guard let date = try? style.parse(text) else {
            throw ArgumentProblem("--as-of needs a time such as 2026-11-24T08:00:00Z, not `\(text)`")
        }
        return Int64((date.timeIntervalSince1970 * 1000).rounded())
    }
}
