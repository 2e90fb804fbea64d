internal import Spelling

/// Reads and writes what a component says of whom it asks.
extension Settings.Rewards.Outside {
    /// Keys of each type beside those of every component.
    private static let keys: [String: [String]] = [
        "command": ["command", "workers", "timeout", "retries", "send", "evaluator", "version"],
        "http": ["url", "headers", "timeout", "retries", "send", "evaluator", "version"],
        "judge": [
            "url", "headers", "model", "template", "parse", "range", "timeout", "retries", "evaluator", "version",
        ],
        "rank": [
            "by", "command", "workers", "url", "headers", "model", "template", "parse", "range", "timeout", "retries",
            "send",
            "evaluator", "version",
        ],
        "topic": [],
    ]

    /// Keys that a component of this type may have beside those of every one.
    static func keys(of type: String) -> [String] { keys[type] ?? [] }

    /// Takes one entry.
    ///
    /// - Returns: what is wrong with it, continuing "`rewards.components` …".
    mutating func apply(_ entry: YAMLNode.Entry, of type: String) -> String? {
        let known = Self.keys(of: type)
        guard known.contains(entry.key) else {
            let all = ["name", "type", "weight", "required", "default"] + known
            return
                "has a \(type) component with the unknown key `\(entry.key)`\(suggestion(for: entry.key, among: all))"
        }
        func wrong(_ what: String) -> String {
            "has a component whose `\(entry.key)` is not \(what), but \(entry.value.description)"
        }
        switch entry.key {
        case "command", "send":
            guard case .list(let nodes) = entry.value.kind, nodes.allSatisfy({ $0.text != nil }) else {
                return wrong("a list of texts, as \(entry.key == "command" ? "[python3, judge.py]" : "[completion]")")
            }
            let texts = nodes.compactMap(\.text)
            if entry.key == "command" {
                command = texts
            } else {
                let parts = [
                    "example", "label", "outcome", "calls", "samples", "completion", "final_state", "rewards",
                ]
                if let stranger = texts.first(where: { !parts.contains($0) }) {
                    return
                        "has a component whose `send` names `\(stranger)`\(suggestion(for: stranger, among: parts)); "
                        + "there are \(parts.joined(separator: ", "))"
                }
                send = texts
            }
        case "workers", "retries", "version":
            let range = entry.key == "workers" ? 1...256 : entry.key == "retries" ? 0...1000 : 1...1_000_000_000
            guard let number = entry.value.text.flatMap({ Int($0) }), range.contains(number) else {
                return wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            switch entry.key {
            case "workers": workers = number
            case "retries": retries = number
            default: version = number
            }
        case "timeout":
            guard let value = entry.value.text.flatMap(parseDuration), value > 0, value <= longestDuration else {
                return wrong("a duration such as 30s")
            }
            timeout = value
        case "range":
            guard case .list(let nodes) = entry.value.kind, nodes.count == 2 else { return wrong("a pair, as [0, 10]") }
            let numbers = nodes.compactMap { $0.text.flatMap { Double($0) } }.filter(\.isFinite)
            guard numbers.count == 2, numbers[0] < numbers[1] else {
                return wrong("two numbers, the smaller one first, as [0, 10]")
            }
            range = numbers
        case "headers":
            guard case .map(let entries) = entry.value.kind else {
                return wrong("a map, as {Authorization: \"Bearer ${KEY}\"}")
            }
            for header in entries {
                guard let value = header.value.text, Self.isHeader(header.key, value) else {
                    return
                        "has a component with a header `\(header.key)` that no request can carry: a name is letters, "
                        + "digits and hyphens, a value one line of text"
                }
                headers[header.key] = value
            }
        default:
            guard let text = entry.value.text else { return wrong("a text") }
            switch entry.key {
            case "by": by = text
            case "url": url = text
            case "model": model = text
            case "template": template = text
            case "parse": parse = text
            default: evaluator = text
            }
        }
        return nil
    }

    /// A request can carry it.
    static func isHeader(_ name: String, _ value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 < 0x7F && ($0 > 0x40 || $0 == 0x2D || (0x30...0x39).contains($0)) }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// What is missing or cannot be for a component of this type, continuing "`rewards.components` …".
    func problems(_ name: String, _ type: String) -> [String] {
        var found: [String] = []
        func fail(_ message: String) { found.append("has the component `\(name)` (\(type)) \(message)") }
        let isOfGroup = type == "rank"
        let way = isOfGroup ? by : type
        if isOfGroup, !["command", "http", "judge"].contains(by) {
            fail("\(by.isEmpty ? "without `by`" : "with `by: \(by)`"): it is asked by command, http or judge")
            return found
        }
        if isOfGroup, way != "command", !command.isEmpty { fail("with `command`, which only `by: command` has") }
        if isOfGroup, way == "command", !url.isEmpty { fail("with `url`, which only `by: http` and `by: judge` have") }
        switch way {
        case "command":
            if command.first?.isEmpty ?? true { fail("without `command`: the program and its arguments, as a list") }
        case "http", "judge":
            if url.isEmpty { fail("without `url`") }
            if !url.isEmpty {
                if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
                    fail("whose `url` does not begin with http:// or https://")
                }
                let authority = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
                if authority.contains("@") {
                    fail("whose `url` holds a login: give it as a header, from the environment")
                }
            }
        default: break
        }
        if way == "judge" {
            if isOfGroup, !template.isEmpty, !template.contains("completions") {
                fail("whose `template` does not show `{{completions}}`: what each rollout has written, numbered")
            }
            if isOfGroup, !parse.isEmpty, !parse.hasPrefix("/") {
                fail(
                    "whose `parse` is no JSON pointer: a list with a number for each rollout stands there, as in /scores"
                )
            }
            if model.isEmpty { fail("without `model`") }
            if template.isEmpty { fail("without `template`: the question, with {{completion}} and the like") }
            if parse.isEmpty {
                fail("without `parse`: a regular expression whose first group is the number, or a JSON pointer")
            }
        }
        return found
    }

    /// Its entries as they stand in a component's map; what a header holds is nobody's business unless it only names where
    /// that stands.
    func entries(of type: String) -> [String] {
        let usual = Self()
        if type == "rank" { return ["by: \(quotedIfNeeded(by))"] + entries(of: by) }
        var out: [String] = []
        for key in Self.keys(of: type) {
            switch key {
            case "command": out.append("command: [" + command.map(quotedIfNeeded).joined(separator: ", ") + "]")
            case "workers": if workers != usual.workers { out.append("workers: \(workers)") }
            case "url": out.append("url: \(quoted(url))")
            case "headers":
                guard !headers.isEmpty else { continue }
                let all = headers.sorted { $0.key < $1.key }.map {
                    "\(quotedIfNeeded($0.key)): \(quoted(Self.shown($0.value)))"
                }
                out.append("headers: {" + all.joined(separator: ", ") + "}")
            case "timeout": if timeout != usual.timeout { out.append("timeout: \(durationText(timeout))") }
            case "retries": if retries != usual.retries { out.append("retries: \(retries)") }
            case "send":
                if !send.isEmpty { out.append("send: [" + send.joined(separator: ", ") + "]") }
            case "model": out.append("model: \(quotedIfNeeded(model))")
            case "template": out.append("template: \(quoted(template))")
            case "parse": out.append("parse: \(quoted(parse))")
            case "range": if range != usual.range { out.append("range: [\(range[0]), \(range[1])]") }
            case "evaluator": if !evaluator.isEmpty { out.append("evaluator: \(quotedIfNeeded(evaluator))") }
            default: if version != usual.version { out.append("version: \(version)") }
            }
        }
        return out
    }

    /// A header's value with everything hidden that stands in it itself.
    static func shown(_ value: String) -> String {
        guard let open = value.firstRange(of: "${"), let close = value[open.upperBound...].firstIndex(of: "}") else {
            return value.isEmpty ? "" : "(hidden)"
        }
        let schemes = ["", "Bearer ", "Basic ", "Token "]
        let before = String(value[..<open.lowerBound])
        let rest = shown(String(value[value.index(after: close)...]))
        return (schemes.contains(before) ? before : "(hidden)") + value[open.lowerBound...close] + rest
    }
}
