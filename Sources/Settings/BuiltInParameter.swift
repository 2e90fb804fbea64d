internal import JSON
internal import Spelling

/// A parameter of components that are computed from the trace: which types have it, and what it may be.
struct BuiltInParameter {
    typealias Target = Settings.Rewards.BuiltIn

    enum Kind {
        /// `final_state`, `completion`, `node:NAME`.
        case place(WritableKeyPath<Target, String>)
        case text(WritableKeyPath<Target, String>)
        /// A number, true, false or null as such, anything else as a text; kept as JSON.
        case json(WritableKeyPath<Target, String?>)
        case pointer(WritableKeyPath<Target, String>)
        case optionalPointer(WritableKeyPath<Target, String?>)
        case number(WritableKeyPath<Target, Double>, ClosedRange<Double>)
        case optionalNumber(WritableKeyPath<Target, Double?>, ClosedRange<Double>)
        case integer(WritableKeyPath<Target, Int>, ClosedRange<Int>)
        case flag(WritableKeyPath<Target, Bool>)
        /// One of these, by type.
        case choice(WritableKeyPath<Target, String>, [String: [String]])
    }

    let name: String
    let types: Set<String>
    let kind: Kind

    private init(_ name: String, _ types: Set<String>, _ kind: Kind) {
        self.name = name
        self.types = types
        self.kind = kind
    }

    private static let compared = Settings.Rewards.labelled
    private static let shaped: Set = ["latency", "tokens", "steps"]
    private static let amount = 0.0...1e15

    static var all: [BuiltInParameter] {
        [
            BuiltInParameter("of", compared.union(["regex", "repetition"]), .place(\.of)),
            BuiltInParameter("pointer", compared.union(["regex", "repetition"]), .optionalPointer(\.pointer)),
            BuiltInParameter("label", compared, .text(\.label)),
            BuiltInParameter("value", compared, .json(\.value)),
            BuiltInParameter("ignore_case", ["contains", "regex"], .flag(\.ignoreCase)),
            BuiltInParameter("pattern", ["regex"], .text(\.pattern)),
            BuiltInParameter("tolerance", ["numeric"], .number(\.tolerance, amount)),
            BuiltInParameter("relative", ["numeric"], .number(\.relative, 0...1)),
            BuiltInParameter("field", ["json_field"], .pointer(\.field)),
            BuiltInParameter("free", shaped, .number(\.free, amount)),
            BuiltInParameter("limit", shaped, .optionalNumber(\.limit, amount)),
            BuiltInParameter(
                "count",
                ["steps", "overlong"],
                .choice(\.count, ["steps": ["nodes", "calls", "tools"], "overlong": ["longest", "total"]])
            ),
            BuiltInParameter("form", ["overlong"], .choice(\.form, ["overlong": ["trl", "verl"]])),
            BuiltInParameter("max_length", ["overlong"], .integer(\.maxLength, 1...1_000_000_000)),
            BuiltInParameter("buffer", ["overlong"], .integer(\.buffer, 1...1_000_000_000)),
            BuiltInParameter("factor", ["overlong"], .number(\.factor, 0...1e6)),
            BuiltInParameter("ngram", ["repetition"], .integer(\.ngram, 1...1000)),
            BuiltInParameter("max_penalty", ["repetition"], .number(\.maxPenalty, -1e6...0)),
        ]
    }

    /// Takes a value.
    ///
    /// - Returns: what it should be, continuing "… is not"; nil: it was taken.
    func apply(_ node: YAMLNode, of type: String, to target: inout Target) -> String? {
        if case .choice(let path, let choices) = kind {
            let known = choices[type] ?? []
            guard let text = node.text, known.contains(text) else { return "one of \(known.joined(separator: ", "))" }
            target[keyPath: path] = text
            return nil
        }
        guard let text = node.text else { return "a single value" }
        func isPointer() -> Bool { (try? JSONPointer(Text(text))) != nil }
        switch kind {
        case .place(let path):
            guard text == "final_state" || text == "completion" || (text.hasPrefix("node:") && text.count > 5) else {
                return "final_state, completion or node:NAME"
            }
            target[keyPath: path] = text
        case .text(let path):
            guard !text.isEmpty else { return "a text that is not empty" }
            target[keyPath: path] = text
        case .json(let path): target[keyPath: path] = Self.json(node)
        case .pointer(let path):
            guard isPointer() else { return "a JSON pointer such as /answer" }
            target[keyPath: path] = text
        case .optionalPointer(let path):
            guard isPointer() else { return "a JSON pointer such as /answer" }
            target[keyPath: path] = text
        case .number(let path, let range):
            guard let number = Double(text), range.contains(number) else { return Self.numbers(range) }
            target[keyPath: path] = number
        case .optionalNumber(let path, let range):
            guard let number = Double(text), range.contains(number) else { return Self.numbers(range) }
            target[keyPath: path] = number
        case .integer(let path, let range):
            guard let number = Int(text), range.contains(number) else {
                return "a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
            target[keyPath: path] = number
        case .flag(let path):
            guard text == "true" || text == "false" else { return "true or false" }
            target[keyPath: path] = text == "true"
        case .choice: break
        }
        return nil
    }

    /// The entry as it stands in a component's map; nil where it says nothing.
    func entry(_ target: Target) -> String? {
        let usual = Target()
        func shown<V: Equatable>(_ path: KeyPath<Target, V>, _ write: (V) -> String) -> String? {
            target[keyPath: path] == usual[keyPath: path] ? nil : "\(name): \(write(target[keyPath: path]))"
        }
        switch kind {
        case .place(let path), .text(let path), .choice(let path, _): return shown(path, quotedIfNeeded)
        case .pointer(let path): return shown(path, quoted)
        case .json(let path): return shown(path) { $0 ?? "null" }
        case .optionalPointer(let path): return shown(path) { quoted($0 ?? "") }
        case .number(let path, _): return shown(path) { String($0) }
        case .optionalNumber(let path, _): return shown(path) { String($0 ?? 0) }
        case .integer(let path, _): return shown(path) { String($0) }
        case .flag(let path): return shown(path) { $0 ? "true" : "false" }
        }
    }

    private static func numbers(_ range: ClosedRange<Double>) -> String {
        "a number from \(numberText(range.lowerBound)) to \(numberText(range.upperBound))"
    }

    private static func json(_ node: YAMLNode) -> String {
        guard case .scalar(let text, let isQuoted) = node.kind else { return "null" }
        if !isQuoted, let value = try? JSONValue(parsing: text) { return value.exactText }
        return JSONValue.string(Text(text)).exactText
    }
}
