internal import JSON
internal import Spelling

extension SettingKey {
    /// Reads a value into `settings`; returns what is wrong with it, continuing "`key` …".
    func apply(_ node: YAMLNode, to settings: inout Settings) -> String? {
        switch kind {
        case .text(let path, let rule):
            guard let text = node.text else { return "must be a text, not \(node.description)" }
            if let problem = rule.problem(with: text) { return problem }
            settings[keyPath: path] = text
        case .texts(let path, let rule, let mayBeEmpty):
            guard let texts = Self.texts(node) else { return "must be a list of texts, not \(node.description)" }
            guard mayBeEmpty || !texts.isEmpty else { return "must not be empty" }
            if let problem = texts.lazy.compactMap({ rule.problem(with: $0) }).first { return problem }
            settings[keyPath: path] = texts
        case .integer(let path, let range):
            let bounds = "from \(range.lowerBound) to \(range.upperBound)"
            guard let number = node.text.flatMap({ Int($0) }) else {
                return "must be a whole number \(bounds), not \(node.description)"
            }
            guard range.contains(number) else { return "must be \(bounds), not \(number)" }
            settings[keyPath: path] = number
        case .number(let path, let range):
            switch Self.number(node, range) {
            case .success(let number): settings[keyPath: path] = number
            case .failure(let problem): return problem.message
            }
        case .optionalNumber(let path, let range):
            guard node.text != "" else {
                settings[keyPath: path] = nil
                return nil
            }
            switch Self.number(node, range) {
            case .success(let number): settings[keyPath: path] = number
            case .failure(let problem): return problem.message
            }
        case .flag(let path):
            switch node.text {
            case "true"?: settings[keyPath: path] = true
            case "false"?: settings[keyPath: path] = false
            default: return "must be true or false, not \(node.description)"
            }
        case .duration(let path, let zero):
            guard let value = node.text.flatMap(parseDuration) else {
                return "must be a duration such as 200ms, 30s, 10m or 24h, not \(node.description)"
            }
            guard value <= longestDuration else {
                return "must be at most \(durationText(longestDuration)), not \(node.description)"
            }
            if value == 0, let zero { return "must be above 0: \(zero)" }
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
                let hint = node.text.map { suggestion(for: $0, among: choices) } ?? ""
                return "must be one of \(names), not \(node.description)\(hint)"
            }
            settings[keyPath: path] = text
        case .start(let path):
            guard let text = node.text else { return "must be earliest, latest or a time, not \(node.description)" }
            do throws(TimeProblem) {
                settings[keyPath: path] = try Settings.Start(parsing: text)
            } catch {
                guard !Time.isMeant(by: text) else { return "is `\(text)`, which \(error.reason)" }
                return "must be earliest, latest or a time such as \(Time.example), not \(node.description)"
                    + suggestion(for: text, among: ["earliest", "latest"])
            }
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

    /// What is wrong with a value, continuing "`key` …".
    struct ValueProblem: Error { let message: String }

    private static func number(_ node: YAMLNode, _ range: ClosedRange<Double>) -> Result<Double, ValueProblem> {
        let bounds = "from \(numberText(range.lowerBound)) to \(numberText(range.upperBound))"
        guard let number = node.text.flatMap({ Double($0) }), number.isFinite else {
            return .failure(ValueProblem(message: "must be a number \(bounds), not \(node.description)"))
        }
        guard range.contains(number) else {
            return .failure(ValueProblem(message: "must be \(bounds), not \(node.description)"))
        }
        return .success(number)
    }

    private static func component(_ node: YAMLNode) -> Result<Settings.Rewards.Component, ValueProblem> {
        func problem(_ message: String) -> Result<Settings.Rewards.Component, ValueProblem> {
            .failure(ValueProblem(message: "\(message) (line \(node.line))"))
        }
        guard case .map(let entries) = node.kind else { return problem("must be a list of maps") }
        var component = Settings.Rewards.Component(name: "", type: "")
        component.type = entries.last { $0.key == "type" }?.value.text ?? ""
        for entry in entries {
            let text = entry.value.text
            switch entry.key {
            case "name": component.name = text ?? ""
            case "type": break
            case "weight", "default":
                guard let number = text.flatMap({ Double($0) }), number.isFinite else {
                    return problem("has a component whose `\(entry.key)` is not a number")
                }
                if entry.key == "weight" { component.weight = number } else { component.fallback = number }
            case "required":
                guard text == "true" || text == "false" else {
                    return problem("has a component whose `required` is not true or false")
                }
                component.required = text == "true"
            case "fields" where component.takesFields || !(component.isOutside || component.isBuiltIn):
                guard case .map(let fields) = entry.value.kind else {
                    return problem("has a component whose `fields` is not a map")
                }
                for field in fields {
                    let pointer = field.value.text ?? ""
                    guard (try? JSONPointer(Text(pointer))) != nil else {
                        return problem(
                            "has a component whose field `\(field.key)` is not a JSON pointer such as /answer"
                        )
                    }
                    component.fields[field.key] = pointer
                }
            case _ where component.isOutside:
                if let wrong = component.outside.apply(entry, of: component.type) { return problem(wrong) }
            case _ where component.isBuiltIn:
                if let wrong = component.builtIn.apply(entry, of: component.type) { return problem(wrong) }
            default:
                let known = ["name", "type", "weight", "required", "default", "fields"]
                return problem(
                    "has a component with the unknown key `\(entry.key)`\(suggestion(for: entry.key, among: known))"
                )
            }
        }
        guard !component.name.isEmpty else { return problem("has a component without `name`") }
        guard !component.type.isEmpty else { return problem("has a component without `type`") }
        return .success(component)
    }
}
