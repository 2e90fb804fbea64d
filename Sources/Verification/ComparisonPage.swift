internal import JSON
internal import Terminal

/// The comparison as one HTML page that needs nothing else: sums, plots as inline SVG, and the groups that change most.
struct ComparisonPage {
    let report: ComparisonReport
    let names: ComparisonReport.Pair<String>
    /// Groups that are listed with their members.
    private static let listed = 200

    var html: String {
        var page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        page +=
            "<title>\(escaped(names.a)) ⇄ \(escaped(names.b))</title>\n<style>\(Self.style)</style>\n</head>\n<body>\n"
        page += "<h1>What changes from A to B</h1>\n"
        page += "<p class=\"names\"><span class=\"a\">A</span> \(escaped(names.a))&emsp;"
        page += "<span class=\"b\">B</span> \(escaped(names.b))</p>\n"
        page += tiles + "<section class=\"plots\">\n"
        let pairs = report.groups.flatMap(\.members)
        page += figure("Advantage under A and under B, a dot a rollout", PlotSVG.scatter(pairs))
        page += figure("Rewards", PlotSVG.histogram(pairs.compactMap(\.reward.a), pairs.compactMap(\.reward.b)))
        page += figure(
            "Advantages",
            PlotSVG.histogram(pairs.compactMap(\.advantage.a), pairs.compactMap(\.advantage.b))
        )
        page += figure("What is trained", PlotSVG.shares(report.trained))
        page += "</section>\n" + totals + signals + groups + "</body>\n</html>\n"
        return page
    }

    private var tiles: String {
        let correlation = report.rankCorrelation
        let facts = [
            (String(report.groups.count { !$0.isSame }), "of \(report.groups.count) groups change"),
            (String(report.gained.count), "groups gain signal"), (String(report.lost.count), "groups lose signal"),
            (String(report.signChanges), "advantages change sign"),
            (correlation.advantage.map(shortRounded) ?? "–", "rank correlation of advantages"),
            (correlation.reward.map(shortRounded) ?? "–", "rank correlation of rewards"),
        ]
        return "<section class=\"tiles\">\n"
            + facts.map { "<div><b>\($0.0)</b><span>\($0.1)</span></div>\n" }.joined() + "</section>\n"
    }

    private var totals: String {
        let (a, b) = (report.totals.a, report.totals.b)
        var rows = [
            ("groups written", Double(a.written), Double(b.written)),
            ("groups with signal", Double(a.informative), Double(b.informative)),
            ("batches", Double(a.batches), Double(b.batches)),
        ]
        for fate in Set(a.fates.keys).union(b.fates.keys).sorted() {
            rows.append(("threads \(fate)", Double(a.fates[fate, default: 0]), Double(b.fates[fate, default: 0])))
        }
        for reason in Set(a.reasons.keys).union(b.reasons.keys).sorted() {
            rows.append(
                ("excluded: \(reason)", Double(a.reasons[reason, default: 0]), Double(b.reasons[reason, default: 0]))
            )
        }
        for (a, b) in zip(a.calls.named, b.calls.named) { rows.append((a.name, Double(a.count), Double(b.count))) }
        rows.append(("mean reward", a.meanReward, b.meanReward))
        rows.append(("sum of |advantage| trained", a.push, b.push))
        let body = rows.map { name, a, b in
            "<tr><th>\(escaped(name))</th><td>\(shortNumber(a))</td><td>\(shortNumber(b))</td>"
                + "<td>\(a == b ? "" : (b > a ? "+" : "") + shortNumber(b - a))</td></tr>\n"
        }
        return "<h2>Sums</h2>\n<table class=\"num\">\n<tr><th></th><th>A</th><th>B</th><th>B − A</th></tr>\n"
            + body.joined()
            + "</table>\n"
    }

    /// How many groups go from each signal to each.
    private var signals: String {
        var counts: [String: Int] = [:]
        for group in report.groups { counts["\(group.signal.a)\t\(group.signal.b)", default: 0] += 1 }
        let rows = Set(report.groups.map(\.signal.a)).sorted()
        let columns = Set(report.groups.map(\.signal.b)).sorted()
        var text = "<h2>Signal of the groups: A down, B across</h2>\n<table class=\"num\">\n<tr><th></th>"
        text += columns.map { "<th>\(escaped($0))</th>" }.joined() + "</tr>\n"
        for row in rows {
            text += "<tr><th>\(escaped(row))</th>"
            for column in columns {
                let count = counts["\(row)\t\(column)", default: 0]
                text +=
                    "<td\(row != column && count > 0 ? " class=\"moved\"" : "")>\(count == 0 ? "" : "\(count)")</td>"
            }
            text += "</tr>\n"
        }
        return text + "</table>\n"
    }

    private var groups: String {
        let changed = report.changed
        guard !changed.isEmpty else { return "<p>Nothing changes: every reward, advantage and fate is the same.</p>\n" }
        let shown = changed.prefix(Self.listed)
        var text = "<h2>Groups that change, the farthest first</h2>\n"
        if shown.count < changed.count { text += "<p>\(shown.count) of \(changed.count); all stand in the JSON.</p>\n" }
        for group in shown {
            let signal = group.signal.isSame ? group.signal.a : "\(group.signal.a) → \(group.signal.b)"
            text += "<details><summary><b>\(escaped(group.group))</b> <i>\(escaped(group.tenant))</i> "
            text +=
                "example \(escaped(group.example)), \(escaped(signal)), moves by \(shortNumber(group.change))</summary>\n"
            if let changes = group.calls.changes { text += "<p>trained: \(escaped(changes))</p>\n" }
            text += "<table>\n<tr><th>slot</th><th>thread</th><th>reward A</th><th>reward B</th><th>advantage A</th>"
            text += "<th>advantage B</th><th>fate</th></tr>\n"
            for member in group.members {
                let fate = member.fate.isSame ? member.fate.a : "\(member.fate.a) → \(member.fate.b)"
                text += "<tr\(member.changesSign ? " class=\"moved\"" : "")><td>\(member.slot)</td>"
                text += "<th>\(escaped(member.thread))</th>"
                for value in [member.reward.a, member.reward.b, member.advantage.a, member.advantage.b] {
                    text += "<td>\(value.map(shortNumber) ?? "–")</td>"
                }
                text += "<th>\(escaped(fate))</th></tr>\n"
            }
            text += "</table></details>\n"
        }
        return text
    }

    private func figure(_ title: String, _ svg: String) -> String {
        "<figure><figcaption>\(title)</figcaption>\(svg)</figure>\n"
    }

    private func shortRounded(_ value: Double) -> String { shortNumber((value * 1000).rounded() / 1000) }

    private static let style = """
        :root{--ink:#1c2126;--dim:#66707a;--line:#d9dee3;--page:#fff;--card:#f6f8fa;--a:#2563eb;--b:#d97706;--hot:#fde8e4}
        @media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--dim:#9aa4ae;--line:#343b42;--page:#14181c;--card:#1d2328;\
        --a:#6ea2ff;--b:#f2a94b;--hot:#4a2420}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:1100px;margin:2rem auto;\
        padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
        .names{color:var(--dim)}.a,.b{color:#fff;border-radius:4px;padding:0 .45em;font-weight:600}
        .a{background:var(--a)}.b{background:var(--b)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.75rem}
        .tiles div{background:var(--card);border-radius:8px;padding:.75rem 1rem}
        .tiles b{display:block;font-size:1.6rem}.tiles span{color:var(--dim)}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:1rem;margin-top:1rem}
        figure{margin:0;background:var(--card);border-radius:8px;padding:1rem}
        figcaption{color:var(--dim);margin-bottom:.5rem}svg{width:100%;height:auto;display:block}
        svg text{fill:var(--dim);font:11px system-ui,sans-serif}svg .axis{stroke:var(--line);fill:none}
        svg .da{fill:var(--a);opacity:.55}svg .db{fill:var(--b);opacity:.55}svg .dot{fill:var(--a);opacity:.5}
        svg .flip{fill:#dc2626;opacity:.85}svg .both{fill:var(--dim);opacity:.6}
        table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums}
        th,td{padding:.2rem .8rem;border-bottom:1px solid var(--line);text-align:right;font-weight:400}
        th{text-align:left;color:var(--dim)}.num th+th{text-align:right}.moved td,.moved th,td.moved{background:var(--hot)}
        details{border-bottom:1px solid var(--line);padding:.3rem 0}summary{cursor:pointer}summary i{color:var(--dim)}
        """
}

extension ComparisonReport {
    /// The comparison as one self-contained HTML page.
    ///
    /// - Parameter names: what the two sides are called.
    public func html(_ names: Pair<String>) -> String { ComparisonPage(report: self, names: names).html }
}

/// Text as it may stand in HTML, attributes included.
func escaped(_ text: String) -> String {
    var out = ""
    for character in text.unicodeScalars {
        switch character {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        case "'": out += "&#39;"
        default: out.unicodeScalars.append(character)
        }
    }
    return out
}
