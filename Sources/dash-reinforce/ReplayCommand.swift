import Arguments
import Files
import Foundation
import Pipeline
import Reinforce
import Settings
import StoredBatches

/// `replay`
struct ReplayCommand {
    let parsed: ParsedArguments
    /// Not let go before the process ends.
    private nonisolated(unsafe) static var kept: Replay?

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        let settings = try loadSettings(parsed)
        var options = try options(settings)
        if parsed.has("ask") {
            guard let records = try ask(options, settings) else {
                Output.error("interrupted: nothing was written")
                return 130
            }
            options.stage.rewardRecords = records
        }
        if let ledger = parsed.last("only-failed") {
            let batches = parsed.last("batches").map { BatchSource($0) }
            let (records, rewards) = (options.stage.rewardRecords, options.stage.rewards)
            options.redo(
                try Revisions.read(ledger: ledger, batches: batches, settings: settings) {
                    records.isCorrected($0, rewards)
                }
            )
        } else if parsed.has("batches") {
            throw ArgumentProblem("--batches belongs to --only-failed LEDGER")
        }
        try chooseOutput(&options, settings)
        options.ledger = parsed.last("ledger")
        options.deadLetters = parsed.last("dlq")
        if !["out", "ledger", "dlq", "summary", "quiet"].contains(where: parsed.has) {
            Output.note(
                "note: no output is named, so the batches are counted and go nowhere; --out batches.jsonl writes them\n"
            )
        }
        let replay = Replay(options)
        let progress = Progress(quiet: parsed.has("quiet"), interval: settings.log.reportInterval)
        let notices = NoticePrinter(quiet: parsed.has("quiet"))
        notices.beforeWriting = { progress.end() }
        replay.onNotices = { notices.add($0) }
        replay.onProgress = { progress.show(records: $0, bytes: $1, share: $2) }
        let interrupt = Interrupt.ofTool()
        replay.isInterrupted = { interrupt.isRequested }
        // the process ends behind it: giving back millions of objects one by one takes a twentieth of the time
        unsafe Self.kept = replay
        let result = try replay.run()
        progress.end()
        notices.end()
        return try finish(result, settings.batches.minGroups)
    }

    /// Input and rules, without outputs: what all commands that replay have in common.
    func options(_ settings: Settings) throws -> ReplayOptions {
        let threads = try parsed.integer("threads", in: 1...1024) ?? 1
        let estimator = try settings.makeEstimator()
        var options = ReplayOptions(input: parsed.last("input") ?? "", examples: ExampleTable(), estimator: estimator)
        try chooseInput(&options, settings)
        (options.examples, options.brokenExamples) = try examples(settings)
        options.threads = threads
        options.memoryBudget = settings.limits.memoryBudget
        options.stage = settings.stageConfiguration()
        options.groups = settings.groupConfiguration()
        options.batches = settings.batchConfiguration()
        options.maxClockSkew = settings.assembly.maxClockSkew
        options.asOf = try parsed.last("as-of").map(milliseconds)
        options.registry = try registry(settings)
        options.stage.rewardRecords = try rewardRecords(settings)
        return options
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
        if summary.batches == 0, parsed.has("only-failed") {
            Output.note("none of the failed rewards has come: no group is revised\n")
            return 0
        }
        if summary.batches == 0 {
            Output.error("\(summary.stage.records) records gave no batch: \(summary.whyNoBatch)")
            return 65
        }
        return 0
    }

    private func milliseconds(_ text: String) throws(ArgumentProblem) -> Int64 {
        do throws(TimeProblem) {
            return try Time(parsing: text).milliseconds
        } catch {
            throw ArgumentProblem("--as-of: \(error)")
        }
    }
}
