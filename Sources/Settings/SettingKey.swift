/// One key of the configuration: where it lies in ``Settings``, what it may be, what it is for.
struct SettingKey {
    enum Kind {
        case text(WritableKeyPath<Settings, String>, TextRule)
        /// The rule is for each of them.
        case texts(WritableKeyPath<Settings, [String]>, TextRule, mayBeEmpty: Bool)
        case integer(WritableKeyPath<Settings, Int>, ClosedRange<Int>)
        case number(WritableKeyPath<Settings, Double>, ClosedRange<Double>)
        /// nil, where it is empty: something else decides.
        case optionalNumber(WritableKeyPath<Settings, Double?>, ClosedRange<Double>)
        case flag(WritableKeyPath<Settings, Bool>)
        /// Milliseconds; `zero`: why 0 is refused, nil: it is allowed.
        case duration(WritableKeyPath<Settings, Int64>, zero: String? = nil)
        /// Bytes.
        case size(WritableKeyPath<Settings, Int>, ClosedRange<Int>)
        case choice(WritableKeyPath<Settings, String>, [String])
        case start(WritableKeyPath<Settings, Settings.Start>)
        case components(WritableKeyPath<Settings, [Settings.Rewards.Component]>)
    }

    /// Dotted.
    let path: String
    let kind: Kind
    /// One line of documentation.
    let help: String

    init(_ path: String, _ kind: Kind, _ help: String) {
        self.path = path
        self.kind = kind
        self.help = help
    }

    /// The name of its environment variable.
    var environmentName: String {
        "DASH_REINFORCE_" + path.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// The value in `settings` as YAML in one line.
    func render(_ settings: Settings) -> String {
        switch kind {
        case .text(let path, _), .choice(let path, _): quotedIfNeeded(settings[keyPath: path])
        case .texts(let path, _, _): "[" + settings[keyPath: path].map(quoted).joined(separator: ", ") + "]"
        case .integer(let path, _): String(settings[keyPath: path])
        case .number(let path, _): String(settings[keyPath: path])
        case .optionalNumber(let path, _): settings[keyPath: path].map { String($0) } ?? quoted("")
        case .flag(let path): settings[keyPath: path] ? "true" : "false"
        case .duration(let path, _): durationText(settings[keyPath: path])
        case .size(let path, _): sizeText(settings[keyPath: path])
        case .start(let path): quotedIfNeeded(settings[keyPath: path].description)
        case .components(let path): "[" + settings[keyPath: path].map(component).joined(separator: ", ") + "]"
        }
    }

    private func component(_ component: Settings.Rewards.Component) -> String {
        var text = "{name: \(quotedIfNeeded(component.name)), type: \(component.type), weight: \(component.weight)"
        if !component.required { text += ", required: false" }
        if let fallback = component.fallback { text += ", default: \(fallback)" }
        if !component.fields.isEmpty {
            let fields = component.fields.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(quoted($0.value))" }
            text += ", fields: {" + fields.joined(separator: ", ") + "}"
        }
        for entry in component.builtIn.entries(of: component.type) { text += ", " + entry }
        for entry in component.outside.entries(of: component.type) { text += ", " + entry }
        return text + "}"
    }
}

/// A text that YAML reads as the same text.
func quotedIfNeeded(_ text: String) -> String {
    let reserved = ["null", "true", "false", "yes", "no", "on", "off"]
    let isPlain =
        text.first?.isLetter == true && !reserved.contains(text.lowercased())
        && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
    return isPlain ? text : quoted(text)
}

/// A text in double quotes.
func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        case "\t": out += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            let digits = String(scalar.value, radix: 16)
            out += "\\x" + (digits.count < 2 ? "0" : "") + digits
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out + "\""
}
