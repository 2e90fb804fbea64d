import Arguments
import Pipeline
import Reinforce
import Settings
import Terminal

/// `rewards test`
struct RewardsCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        guard parsed.path.last == "test" else { throw ArgumentProblem("rewards needs the command `test`") }
        let limit = try parsed.integer("limit", in: 1 ... .max) ?? 10
        let settings = try loadSettings(parsed)
        let command = ReplayCommand(parsed)
        let options = try command.options(settings)
        let asking = RewardAsking(options, settings, limit: limit, log: command.judgeLogger(settings))
        let interrupt = Interrupt.ofTool()
        asking.isInterrupted = { interrupt.isRequested }
        let style = TextStyle(colours: Output.hasColours(parsed))
        let isJSON = parsed.has("json")
        var (shown, failed) = (0, 0)
        asking.onRollout = { rollout, example, records in
            shown += 1
            if records.contains(where: { $0.answer.status == .error || $0.answer.status == .timeout }) { failed += 1 }
            let report = ScoredRolloutReport(rollout, example, records)
            Output.print(isJSON ? String(decoding: report.json, as: UTF8.self) + "\n" : report.text(style))
        }
        guard try asking.run() != nil else {
            Output.error("interrupted")
            return 130
        }
        if !parsed.has("quiet") { Output.note("\(shown) rollouts, \(failed) with a judge that failed\n") }
        guard shown > 0 else {
            Output.error("no rollout of this log is scored by its components: nothing was tried")
            return 65
        }
        return failed > 0 ? 1 : 0
    }
}
