/// A metric with all its label values at one moment, ready to be written.
public struct Metric: Sendable {
    /// How its values behave.
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// One value of it.
    public struct Sample: Sendable {
        /// Names and values of its labels.
        public var labels: [(name: String, value: String)]
        /// Where it is no histogram.
        public var value: Double
        /// Where it is one.
        public var histogram: Histogram?
    }

    /// With its unit at the end, a counter's without `_total`.
    public let name: String
    /// How its values behave.
    public let kind: Kind
    /// What it counts, in one line.
    public let help: String
    /// The unit that its name ends in; nil: it is a plain number.
    public let unit: String?
    /// Its values.
    public var samples: [Sample] = []

    /// A metric without values.
    public init(_ kind: Kind, _ name: String, unit: String? = nil, _ help: String) {
        self.kind = kind
        self.name = name
        self.unit = unit
        self.help = help
    }

    /// The metric with one more value.
    public func adding(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) -> Metric {
        var other = self
        other.samples.append(Sample(labels: labels.map { ($0.key, $0.value) }, value: value))
        return other
    }

    /// The metric with one more count.
    public func adding(_ value: Int, _ labels: KeyValuePairs<String, String> = [:]) -> Metric {
        adding(Double(value), labels)
    }

    /// The metric with one more histogram.
    public func adding(_ histogram: Histogram, _ labels: KeyValuePairs<String, String> = [:]) -> Metric {
        var other = self
        other.samples.append(Sample(labels: labels.map { ($0.key, $0.value) }, value: 0, histogram: histogram))
        return other
    }

    /// The metric with a value for each of some names, in their order.
    public func adding(_ label: String, _ values: [String: Int]) -> Metric {
        values.sorted { $0.key < $1.key }.reduce(self) { $0.adding($1.value, [label: $1.key]) }
    }
}
