internal import JSON

extension SettingKey {
    /// Reads a value into `settings`; returns what is wrong with it, continuing "`key` …".
    func apply(_ node: YAMLNode, to settings: inout Settings) -> String? {
        switch kind {
        case .text(let path, let mayBeEmpty):
            guard let text = node.text else { return "must be a text, not \(node.description)" }
            guard mayBeEmpty || !text.isEmpty else { return "must not be empty" }
            settings[keyPath: path] = text
        case .texts(let path, let mayBeEmpty):
            guard let texts = Self.texts(node) else { return "must be a list of texts, not \(node.description)" }
            guard mayBeEmpty || (!texts.isEmpty && !texts.contains("")) else { return "must not be empty" }
            settings[keyPath: path] = texts
        case .integer(let path, let range):
            guard let number = node.text.flatMap({ Int($0) }) else {
                return "must be a whole number, not \(node.description)"
            }
            guard range.contains(number) else {
                return "must be from \(range.lowerBound) to \(range.upperBound), not \(number)"
            }
            settings[keyPath: path] = number
        case .number(let path, let range):
            guard let number = node.text.flatMap({ Double($0) }), number.isFinite else {
                return "must be a number, not \(node.description)"
            }
            guard range.contains(number) else {
                return "must be from \(range.lowerBound) to \(range.upperBound), not \(number)"
            }
            settings[keyPath: path] = number
        case .flag(let path):
            switch node.text {
            case "true"?: settings[keyPath: path] = true
            case "false"?: settings[keyPath: path] = false
            default: return "must be true or false, not \(node.description)"
            }
        case .duration(let path):
            guard let value = node.text.flatMap(parseDuration) else {
                return "must be a duration such as 200ms, 30s, 10m or 24h, not \(node.description)"
            }
            settings[keyPath: path] = value
        case .size(let path, let range):
            guard let value = node.text.flatMap(parseSize) else {
                return "must be a size such as 900KiB or 64MiB, not \(node.description)"
            }
            guard range.contains(value) else {
                return
                    "must be from \(sizeText(range.lowerBound)) to \(sizeText(range.upperBound)), not \(sizeText(value))"
            }
            settings[keyPath: path] = value
        case .choice(let path, let choices):
            guard let text = node.text, choices.contains(text) else {
                let names = choices.filter { !$0.isEmpty }.joined(separator: ", ")
                let hint =
                    node.text.flatMap { nearestName(to: $0, among: choices) }.map { "; did you mean `\($0)`?" } ?? ""
                return "must be one of \(names), not \(node.description)\(hint)"
            }
            settings[keyPath: path] = text
        case .components(let path):
            guard case .list(let nodes) = node.kind else {
                return "must be a list of components, not \(node.description)"
            }
            var components: [Settings.Rewards.Component] = []
            for node in nodes {
                switch Self.component(node) {
                case .success(let component): components.append(component)
                case .failure(let problem): return problem.message
                }
            }
            settings[keyPath: path] = components
        }
        return nil
    }

    /// A list, or texts separated by commas.
    private static func texts(_ node: YAMLNode) -> [String]? {
        switch node.kind {
        case .list(let nodes):
            let texts = nodes.compactMap(\.text)
            return texts.count == nodes.count ? texts : nil
        case .scalar:
            let parts = (node.text ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
            return parts.map { part in String(part.reversed().drop { $0 == " " }.reversed()) }
        case .map: return nil
        }
    }

    struct ComponentProblem: Error { let message: String }

    private static func component(_ node: YAMLNode) -> Result<Settings.Rewards.Component, ComponentProblem> {
        func problem(_ message: String) -> Result<Settings.Rewards.Component, ComponentProblem> {
            .failure(ComponentProblem(message: "\(message) (line \(node.line))"))
        }
        guard case .map(let entries) = node.kind else { return problem("must be a list of maps") }
        var component = Settings.Rewards.Component(name: "", type: "")
        for entry in entries {
            let text = entry.value.text
            switch entry.key {
            case "name": component.name = text ?? ""
            case "type": component.type = text ?? ""
            case "weight", "default":
                guard let number = text.flatMap({ Double($0) }), number.isFinite else {
                    return problem("has a component whose `\(entry.key)` is no number")
                }
                if entry.key == "weight" { component.weight = number } else { component.fallback = number }
            case "required":
                guard text == "true" || text == "false" else {
                    return problem("has a component whose `required` is not true or false")
                }
                component.required = text == "true"
            case "fields":
                guard case .map(let fields) = entry.value.kind else {
                    return problem("has a component whose `fields` is no map")
                }
                for field in fields {
                    let pointer = field.value.text ?? ""
                    guard (try? JSONPointer(Text(pointer))) != nil else {
                        return problem("has a component whose field `\(field.key)` is no JSON pointer")
                    }
                    component.fields[field.key] = pointer
                }
            default:
                let known = ["name", "type", "weight", "required", "default", "fields"]
                let hint = nearestName(to: entry.key, among: known).map { "; did you mean `\($0)`?" } ?? ""
                return problem("has a component with the unknown key `\(entry.key)`\(hint)")
            }
        }
        guard !component.name.isEmpty else { return problem("has a component without `name`") }
        guard !component.type.isEmpty else { return problem("has a component without `type`") }
        return .success(component)
    }
}

/// The most similar name; nil where none is similar enough to be meant.
func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let distances = known.map { (name: $0, distance: distance(name, $0)) }
    guard let best = distances.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
    return best.distance <= max(2, name.count / 3) ? best.name : nil
}

/// Insertions, deletions and replacements that lead from one text to the other.
private func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
    var row = Array(0...b.count)
    for i in a.indices {
        var next = [i + 1]
        for j in b.indices { next.append(min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)) }
        row = next
    }
    return row[b.count]
}
