import DashStream
import Foundation
import Pipeline
import Reinforce
import Simulation
import Terminal

/// How the demo looks; 60 columns wide.
struct DemoScreen {
    let colours: Bool
    let rounds: Int
    let brokers: String?
    /// The address of the page; empty: there is none.
    var page = ""

    private static let width = 60
    private static let clear = "\u{1B}[H\u{1B}[2J"

    private var place: String { brokers.map { "with Kafka at \($0)" } ?? "with an embedded broker" }

    /// What is on the screen until the first round is over.
    var opening: String {
        Self.clear + bold("dash-reinforce demo") + "  starting \(place)\n\n"
            + "agents → events → processor → batches → trainer → agents\n\n"
            + "The agents do not know the answers yet. What they learn,\nthey learn from the advantages in the batches.\n"
    }

    var plainOpening: String { "starting \(place): agents, processor and trainer\n" }

    /// A round where nothing is drawn over.
    func line(_ round: DemoRound) -> String {
        "round \(RewardText.padded(round.number, 2))/\(rounds)  " + RewardText.bar(round.meanReward)
            + "  \(round.groups) groups\n"
    }

    /// The whole screen, drawn over the last one.
    func frame(_ shown: [DemoRound], _ journal: DemoJournal) -> String {
        guard let last = shown.last else { return "" }
        var text = Self.clear + bold("dash-reinforce demo")
        text += "   round \(last.number) of \(rounds)   policy version \(last.policyVersion)\n\n"
        text += "mean reward \(bold(RewardText.fixed(last.meanReward)))  " + plot(shown.map(\.meanReward)) + "\n\n"
        let first = max(0, shown.count - 12)
        for round in shown[first...] {
            let bar = String(repeating: "█", count: RewardText.length(round.meanReward, of: 44))
            text += "  \(RewardText.padded(round.number, 3))  \(RewardText.fixed(round.meanReward))  \(bar)\n"
        }
        text += "\n" + wrapped(counts(last), first: "so far ") + "\n"
        if !page.isEmpty { text += wrapped(["\(page)"], first: "page   ") + "\n" }
        let (progress, warnings) = journal.latest
        if !progress.isEmpty { text += wrapped(progress.components(separatedBy: " · "), first: "now    ") + "\n" }
        for warning in warnings {
            text += wrapped(warning.components(separatedBy: " "), first: "note   ", between: " ", lines: 3) + "\n"
        }
        return text
    }

    func summary(_ rounds: [DemoRound]) -> String {
        guard let first = rounds.first, let last = rounds.last else { return "no round was finished\n" }
        var text =
            "\n\(rounds.count) rounds: mean reward \(RewardText.fixed(first.meanReward)) to \(RewardText.fixed(last.meanReward))"
        text += colours ? "\n" + plot(rounds.map(\.meanReward)) + "\n" : "\n"
        text += wrapped(["\(rounds.reduce(0) { $0 + $1.records }) records"] + counts(last), first: "") + "\n"
        return text + "\n" + next(last.output)
    }

    /// What to try next.
    private func next(_ output: String) -> String {
        var text = bold("What to try next") + "\n"
        if let brokers {
            text += "  dash-reinforce tail --brokers \(brokers) \\\n    --topic \(output) --from earliest --groups 2\n"
        }
        text += "  dash-reinforce simulate --out run.dsrun --threads 400\n"
        text += "  dash-reinforce replay --input run.dsrun \\\n"
        text += "    --examples run.dsrun.examples.jsonl --out batches.jsonl\n"
        if brokers == nil { text += "  dash-reinforce tail --input batches.jsonl --groups 2\n" }
        return text
    }

    private func counts(_ round: DemoRound) -> [String] {
        let groups = round.counts.groups.values.reduce(0, +)
        return ["\(groups) groups", "\(round.counts.batches) batches"]
            + Fate.allCases.compactMap { fate in round.counts.fates[fate].map { "\($0) threads \(fate.rawValue)" } }
    }

    /// Pieces one after the other on lines of the screen's width, the further ones below the first.
    private func wrapped(_ pieces: [String], first: String, between: String = " · ", lines: Int = 6) -> String {
        var all: [String] = []
        var line = ""
        let room = Self.width - first.count
        for piece in pieces {
            let piece = String(piece.prefix(room))
            if !line.isEmpty, line.count + between.count + piece.count > room {
                all.append(line)
                line = ""
            }
            line += line.isEmpty ? piece : between + piece
        }
        if !line.isEmpty { all.append(line) }
        if all.count > lines { all = all.prefix(lines - 1) + [all[lines - 1].prefix(room - 1) + "…"] }
        let indent = String(repeating: " ", count: first.count)
        return first + all.joined(separator: "\n" + indent)
    }

    /// Rewards from 0 to 1 as small bars.
    private func plot(_ values: [Double]) -> String {
        let bars = Array("▁▂▃▄▅▆▇█")
        return String(values.suffix(36).map { bars[RewardText.length($0, of: 7)] })
    }

    private func bold(_ text: String) -> String { colours ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}
