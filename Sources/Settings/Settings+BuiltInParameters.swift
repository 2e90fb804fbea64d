internal import Spelling

/// Reads and writes what a component says of how it is computed.
extension Settings.Rewards.BuiltIn {
    private static func parameters(of type: String) -> [BuiltInParameter] {
        BuiltInParameter.all.filter { $0.types.contains(type) }
    }

    /// Takes one entry.
    ///
    /// - Returns: what is wrong with it, continuing "`rewards.components` …".
    mutating func apply(_ entry: YAMLNode.Entry, of type: String) -> String? {
        let known = Self.parameters(of: type)
        guard let parameter = known.first(where: { $0.name == entry.key }) else {
            let all =
                ["name", "type", "weight", "required", "default"] + known.map(\.name)
                + (Settings.Rewards.labelled.contains(type) ? ["fields"] : [])
            return "has a \(type) component with the unknown key `\(entry.key)`"
                + "\(suggestion(for: entry.key, among: all)); it may have \(all.joined(separator: ", "))"
        }
        guard let wanted = parameter.apply(entry.value, of: type, to: &self) else { return nil }
        return "has a \(type) component whose `\(entry.key)` is not \(wanted), but \(entry.value.description)"
    }

    /// What is missing or cannot be for a component of this type, continuing "`rewards.components` …".
    func problems(_ component: Settings.Rewards.Component) -> [String] {
        var found: [String] = []
        func fail(_ message: String) {
            found.append("has the component `\(component.name)` (\(component.type)) \(message)")
        }
        switch component.type {
        case "regex": if pattern.isEmpty { fail("without `pattern`") }
        case "overlong":
            if maxLength == 0 { fail("without `max_length`: tokens at which a completion would be cut") }
            if buffer == 0 { fail("without `buffer`: over how many tokens before it the penalty grows") }
            if maxLength > 0, buffer > maxLength { fail("whose `buffer` is above its `max_length`") }
        case "latency", "tokens", "steps":
            if let limit, limit <= free { fail("whose `limit` is not above its `free`") }
        case "numeric":
            if let value, Double(value) == nil { fail("whose `value` is no number") }
        default: break
        }
        if value != nil, !label.isEmpty { fail("with both `label` and `value`: only one of them can be expected") }
        if !component.fields.isEmpty, pointer != nil || !["", "final_state"].contains(of) {
            fail("with `fields` beside `of` or `pointer`: fields are places of labels in the final state")
        }
        return found
    }

    /// Its entries as they stand in a component's map.
    func entries(of type: String) -> [String] { Self.parameters(of: type).compactMap { $0.entry(self) } }
}

extension Settings.Rewards.Component {
    /// It is computed from the trace alone, with parameters.
    public var isBuiltIn: Bool { Settings.Rewards.builtInTypes.contains(type) }
    /// Each label may have its own place in the final state.
    var takesFields: Bool {
        type == "exact_match" || Settings.Rewards.labelled.contains(type)
    }
}
