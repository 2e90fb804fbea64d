import Arguments
import DashStream
import Foundation
import JSON
import Pipeline
import Reinforce
import Simulation
import Telemetry

/// `demo`
struct DemoCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        var options = DemoOptions()
        options.rounds = try parsed.integer("rounds", in: 1...1_000_000) ?? 30
        options.seed = UInt64(try parsed.integer("seed", in: 0 ... .max) ?? 1)
        options.brokers = parsed.last("brokers")
        options.log = Logger.standardError(level: .error)
        let isHeadless = parsed.has("headless") || !Output.isTerminal
        let screen = DemoScreen(
            colours: !isHeadless && !parsed.has("no-color") && ProcessInfo.processInfo.environment["NO_COLOR"] == nil,
            rounds: options.rounds
        )
        let interrupt = Interrupt.ofTool()
        if !parsed.has("quiet") {
            Output.note(
                "starting \(options.brokers.map { "beside Kafka at \($0)" } ?? "an embedded broker"), agents, processor and trainer\n"
            )
        }
        var shown: [DemoRound] = []
        let rounds = try Demo(options).run(isStopping: { interrupt.isRequested }) { round in
            shown.append(round)
            Output.print(isHeadless ? screen.line(round) : screen.frame(shown))
        }
        Output.print(screen.summary(rounds))
        return 0
    }
}

/// How the demo looks.
struct DemoScreen {
    let colours: Bool
    let rounds: Int

    func line(_ round: DemoRound) -> String {
        "round \(round.number)  policy \(round.policyVersion)  reward \(fixed(round.meanReward))  groups \(round.groups)  "
            + "records \(round.records)  \(Int(saturating: Double(round.records) / round.seconds)) records/s\n"
    }

    /// The whole screen, drawn over the last one.
    func frame(_ shown: [DemoRound]) -> String {
        guard let last = shown.last else { return "" }
        var text = "\u{1B}[H\u{1B}[2J"
        text +=
            bold("dash-reinforce demo")
            + "   round \(last.number) of \(rounds)   policy version \(last.policyVersion)\n\n"
        text += "  mean reward \(bold(fixed(last.meanReward)))   " + plot(shown.map(\.meanReward)) + "\n\n"
        text += "  groups back     \(last.groups) this round, \(last.counts.groups.values.reduce(0, +)) in all\n"
        text += "  threads         " + fates(last.counts) + "\n"
        text += "  batches         \(last.counts.batches)\n"
        text += "  throughput      \(Int(saturating: Double(last.records) / last.seconds)) records/s in this round\n\n"
        for round in shown.suffix(10) {
            let bar = String(repeating: "█", count: max(0, min(40, Int(saturating: (round.meanReward * 40).rounded()))))
            let number = String(round.number)
            text +=
                "  \(String(repeating: " ", count: max(0, 4 - number.count)))\(number)  \(fixed(round.meanReward))  \(bar)\n"
        }
        return text
    }

    func summary(_ rounds: [DemoRound]) -> String {
        guard let first = rounds.first, let last = rounds.last else { return "no round was finished\n" }
        let records = rounds.reduce(0) { $0 + $1.records }
        return "\n\(rounds.count) rounds: mean reward \(fixed(first.meanReward)) → \(fixed(last.meanReward))  "
            + plot(rounds.map(\.meanReward))
            + "\n\(records) records, \(fates(last.counts)), \(last.counts.batches) batches\n"
    }

    private func fates(_ counts: StreamCounts) -> String {
        Fate.allCases.compactMap { fate in counts.fates[fate].map { "\($0) \(fate.rawValue)" } }.joined(separator: ", ")
    }

    /// Rewards from 0 to 1 as small bars.
    private func plot(_ values: [Double]) -> String {
        let bars = Array("▁▂▃▄▅▆▇█")
        return String(values.suffix(60).map { bars[max(0, min(7, Int(saturating: $0 * 8)))] })
    }

    private func bold(_ text: String) -> String { colours ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func fixed(_ value: Double) -> String {
        let thousandths = Int(saturating: (abs(value) * 1000).rounded())
        let rest = String(thousandths % 1000)
        return "\(value < 0 ? "-" : "")\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
}
