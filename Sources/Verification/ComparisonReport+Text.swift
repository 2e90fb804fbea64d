internal import Reinforce
internal import Terminal

extension ComparisonReport {
    /// For a person: sums side by side, then the groups that change most, with their members.
    ///
    /// - Parameters:
    ///   - names: what the two sides are called.
    ///   - limit: groups that are shown; 0: all that change.
    public func text(_ names: Pair<String>, limit: Int = 20) -> String {
        var text = "A: \(names.a)\nB: \(names.b)\n\n" + totalsText
        let all = changed
        if all.isEmpty { return text + "\nnothing changes: every reward, advantage and fate is the same\n" }
        let shown = limit > 0 ? Array(all.prefix(limit)) : all
        text += "\n\(all.count) of \(groups.count) groups change"
        text += shown.count < all.count ? "; \(shown.count) shown, the farthest moved first (--limit 0: all)\n" : "\n"
        for group in shown { text += self.text(group) }
        return text
    }

    private var totalsText: String {
        func count(_ name: String, _ a: Int, _ b: Int) -> String { row(name, String(a), String(b), signed(b - a)) }
        var text = row("", "A", "B", "B − A")
        text += count("groups written", totals.a.written, totals.b.written)
        text += count("groups with signal", totals.a.informative, totals.b.informative)
        text += count("batches", totals.a.batches, totals.b.batches)
        for fate in Set(totals.a.fates.keys).union(totals.b.fates.keys).sorted() {
            text += count("threads \(fate)", totals.a.fates[fate, default: 0], totals.b.fates[fate, default: 0])
        }
        for reason in Set(totals.a.reasons.keys).union(totals.b.reasons.keys).sorted()
        where totals.a.reasons[reason] != totals.b.reasons[reason] {
            text += count("  \(reason)", totals.a.reasons[reason, default: 0], totals.b.reasons[reason, default: 0])
        }
        if totals.a.calls.calls > 0 || totals.b.calls.calls > 0 {
            for (a, b) in zip(totals.a.calls.named, totals.b.calls.named) { text += count(a.name, a.count, b.count) }
        }
        text += row(
            "mean reward",
            number(totals.a.meanReward),
            number(totals.b.meanReward),
            number(totals.b.meanReward - totals.a.meanReward)
        )
        text += row(
            "sum of |advantage| trained",
            number(totals.a.push),
            number(totals.b.push),
            number(totals.b.push - totals.a.push)
        )
        text += "\n  \(gained.count) groups gain signal, \(lost.count) lose it; "
        text += "\(signChanges) advantages change their sign\n"
        text += "  trained by both \(trained.both), by A alone \(trained.onlyA), by B alone \(trained.onlyB)\n"
        text += "  rank correlation: rewards \(number(rankCorrelation.reward)), "
        text += "advantages \(number(rankCorrelation.advantage))\n"
        return text
    }

    private func text(_ group: Group) -> String {
        var text = "\ngroup \(group.group)  tenant \(group.tenant)  example \(group.example)  "
        text += group.signal.isSame ? group.signal.a : "\(group.signal.a) → \(group.signal.b)"
        text += "  rank correlation \(number(group.rankCorrelation))\n"
        if let changes = group.calls.changes { text += "  trained: \(changes)\n" }
        text += line("slot", "thread", "reward A", "reward B", "advantage A", "advantage B", "fate")
        for member in group.members {
            let fate = member.fate.isSame ? member.fate.a : "\(member.fate.a) → \(member.fate.b)"
            text += line(
                String(member.slot),
                member.thread,
                number(member.reward.a),
                number(member.reward.b),
                number(member.advantage.a),
                number(member.advantage.b),
                fate + (member.changesSign ? "  sign changes" : "")
            )
        }
        return text
    }

    private func row(_ cells: String...) -> String {
        "  " + cells[0].padded(28) + cells.dropFirst().map { $0.padded(-12) }.joined() + "\n"
    }

    private func line(_ cells: String...) -> String {
        "  " + cells[0].padded(-4) + "  " + cells[1].padded(24) + cells[2..<6].map { $0.padded(-13) }.joined() + "  "
            + cells[6] + "\n"
    }

    private func signed(_ value: Int) -> String { value > 0 ? "+\(value)" : String(value) }

    private func number(_ value: Double?) -> String { value.map(shortNumber) ?? "–" }
}
