internal import DashStream
internal import Terminal

/// Small plots as SVG text; colours come from the page's style.
enum PlotSVG {
    private static let width = 480.0
    private static let height = 260.0
    /// Left, right, top and bottom room around the plot.
    private static let margin = (left: 44.0, right: 12.0, top: 12.0, bottom: 30.0)
    /// Dots that a browser still draws at once.
    private static let mostDots = 5000

    /// Advantage under A across, under B up; a dot a rollout, red where the sign changes.
    static func scatter(_ members: [ComparisonReport.Member]) -> String {
        let pairs = members.filter { $0.advantage.a?.isFinite == true && $0.advantage.b?.isFinite == true }
        let values = pairs.compactMap(\.advantage.a) + pairs.compactMap(\.advantage.b)
        guard let least = values.min(), let most = values.max() else { return empty }
        let scale = PlotScale(least, most)
        func x(_ value: Double) -> Double { margin.left + scale.share(value) * (width - margin.left - margin.right) }
        func y(_ value: Double) -> Double {
            height - margin.bottom - scale.share(value) * (height - margin.top - margin.bottom)
        }
        var body = frame
        for tick in scale.ticks {
            body += text(shortNumber(tick), x(tick), height - 12, "middle")
            body += text(shortNumber(tick), margin.left - 6, y(tick) + 4, "end")
            body += line(x(tick), margin.top, x(tick), height - margin.bottom)
            body += line(margin.left, y(tick), width - margin.right, y(tick))
        }
        body += line(x(scale.low), y(scale.low), x(scale.high), y(scale.high))
        let step = max(1, (pairs.count + mostDots - 1) / mostDots)
        for index in stride(from: 0, to: pairs.count, by: step) {
            let (a, b) = (pairs[index].advantage.a ?? 0, pairs[index].advantage.b ?? 0)
            let style = pairs[index].changesSign ? "flip" : "dot"
            body += "<circle class=\"\(style)\" cx=\"\(short(x(a)))\" cy=\"\(short(y(b)))\" r=\"3\"/>"
        }
        let note = step > 1 ? " (every \(step)th rollout)" : ""
        return svg(body, "scatter plot: A across, B up\(note)")
    }

    /// How often each value occurs on either side, in twenty bins.
    static func histogram(_ a: [Double], _ b: [Double]) -> String {
        let (a, b) = (a.filter(\.isFinite), b.filter(\.isFinite))
        guard let least = (a + b).min(), let most = (a + b).max() else { return empty }
        let scale = PlotScale(least, most)
        let bins = 20
        func count(_ values: [Double]) -> [Int] {
            var counts = Array(repeating: 0, count: bins)
            for value in values { counts[min(bins - 1, Int(saturating: scale.share(value) * Double(bins)))] += 1 }
            return counts
        }
        let counts = (count(a), count(b))
        let highest = max(1, (counts.0 + counts.1).max() ?? 1)
        let inner = (width - margin.left - margin.right, height - margin.top - margin.bottom)
        var body = frame
        for tick in scale.ticks {
            body += text(shortNumber(tick), margin.left + scale.share(tick) * inner.0, height - 12, "middle")
        }
        body += text(String(highest), margin.left - 6, margin.top + 8, "end")
        body += text("0", margin.left - 6, height - margin.bottom, "end")
        for (side, (values, style)) in [(counts.0, "da"), (counts.1, "db")].enumerated() {
            for (index, count) in values.enumerated() where count > 0 {
                let tall = Double(count) / Double(highest) * inner.1
                let bin = inner.0 / Double(bins)
                let left = margin.left + Double(index) * bin + Double(side) * bin * 0.45 + bin * 0.05
                body += rectangle(style, left, height - margin.bottom - tall, bin * 0.45, tall)
            }
        }
        return svg(body, "histogram: A left, B right in each bin")
    }

    /// Threads trained by A alone, by both, by B alone, as one bar.
    static func shares(_ trained: (both: Int, onlyA: Int, onlyB: Int)) -> String {
        let all = trained.both + trained.onlyA + trained.onlyB
        guard all > 0 else { return empty }
        let inner = width - 24
        var left = 12.0
        var body = ""
        for (row, (name, count, style)) in [
            ("by A alone", trained.onlyA, "da"), ("by both", trained.both, "both"), ("by B alone", trained.onlyB, "db"),
        ].enumerated() {
            let wide = inner * Double(count) / Double(all)
            body += rectangle(style, left, 40, wide, 60)
            left += wide
            body += rectangle(style, 12, 130 + Double(row) * 26, 14, 14)
            body += text("\(count) \(name)", 34, 142 + Double(row) * 26, "start")
        }
        return svg(body, "threads trained by A alone, by both, by B alone")
    }

    private static var empty: String {
        svg(text("nothing to show", width / 2, height / 2, "middle"), "nothing to show")
    }

    private static var frame: String {
        rectangle(
            "axis",
            margin.left,
            margin.top,
            width - margin.left - margin.right,
            height - margin.top - margin.bottom
        )
    }

    private static func svg(_ body: String, _ label: String) -> String {
        "<svg viewBox=\"0 0 \(short(width)) \(short(height))\" role=\"img\" aria-label=\"\(label)\">\(body)</svg>"
    }

    private static func rectangle(_ style: String, _ x: Double, _ y: Double, _ w: Double, _ h: Double) -> String {
        "<rect class=\"\(style)\" x=\"\(short(x))\" y=\"\(short(y))\" width=\"\(short(w))\" height=\"\(short(h))\"/>"
    }

    private static func line(_ x: Double, _ y: Double, _ u: Double, _ v: Double) -> String {
        "<path class=\"axis\" d=\"M\(short(x)) \(short(y))L\(short(u)) \(short(v))\"/>"
    }

    private static func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
        "<text x=\"\(short(x))\" y=\"\(short(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
    }

    private static func short(_ value: Double) -> String { shortNumber((value * 100).rounded() / 100) }
}
