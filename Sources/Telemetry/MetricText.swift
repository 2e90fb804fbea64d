/// The two text forms that metrics are scraped in.
public enum MetricText: Sendable, Hashable {
    /// Prometheus' text format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.
    case openMetrics

    /// What a client that sends this `Accept` header gets.
    public init(accept: String?) {
        self = accept?.contains("application/openmetrics-text") == true ? .openMetrics : .prometheus
    }

    /// The content type.
    public var type: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Metrics as text, in their order; those without values are left out.
    public func write(_ metrics: [Metric]) -> [UInt8] {
        var text = ""
        for metric in metrics where !metric.samples.isEmpty { append(metric, to: &text) }
        if self == .openMetrics { text += "# EOF\n" }
        return Array(text.utf8)
    }

    private func append(_ metric: Metric, to text: inout String) {
        let total = metric.kind == .counter ? metric.name + "_total" : metric.name
        let family = self == .openMetrics ? metric.name : total
        text += "# HELP \(family) \(escaped(metric.help))\n# TYPE \(family) \(metric.kind.rawValue)\n"
        if self == .openMetrics, let unit = metric.unit { text += "# UNIT \(family) \(unit)\n" }
        for sample in metric.samples {
            guard let histogram = sample.histogram else {
                text += total + labels(sample.labels) + " \(number(sample.value))\n"
                continue
            }
            var below = 0
            for (bound, count) in zip(histogram.bounds.map(number) + ["+Inf"], histogram.counts) {
                below &+= count
                text += "\(metric.name)_bucket\(labels(sample.labels + [("le", bound)])) \(below)\n"
            }
            text += "\(metric.name)_sum\(labels(sample.labels)) \(number(histogram.sum))\n"
            text += "\(metric.name)_count\(labels(sample.labels)) \(below)\n"
        }
    }

    private func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private func escaped(_ text: String, quotes: Bool = false) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\"" where quotes || self == .openMetrics: out += "\\\""
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Whole numbers without a point.
    private func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}
