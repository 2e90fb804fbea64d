internal import JSON

/// What a text of the configuration may be.
enum TextRule {
    /// Anything, also nothing.
    case any
    /// Anything but nothing.
    case required
    /// A name that Kafka takes for a topic.
    case topic
    /// The same, or nothing.
    case optionalTopic
    /// What the names of the internal topics begin with.
    case application
    /// A name that Kafka takes for the member of a group, or nothing.
    case optionalName
    /// HOST:PORT, several separated by commas.
    case brokers
    /// HOST:PORT, or nothing.
    case optionalAddress
    /// A host without a port.
    case host
    /// A JSON pointer, or nothing.
    case pointer
    /// An address of the web, or nothing.
    case optionalWeb
    /// A header of a request.
    case header

    /// What is wrong with a text, continuing "`key` …"; nil where nothing is.
    func problem(with text: String) -> String? {
        switch self {
        case .any: return nil
        case .required: return text.isEmpty ? "must not be empty" : nil
        case .topic: return text.isEmpty ? "must not be empty" : Self.nameProblem(text, "a topic name", 249)
        case .optionalTopic: return text.isEmpty ? nil : Self.nameProblem(text, "a topic name", 249)
        case .application:
            // APP_ID-checkpoints must be a topic name, too
            return text.isEmpty ? "must not be empty" : Self.nameProblem(text, "a name", 249 - "-checkpoints".count)
        case .optionalName: return text.isEmpty ? nil : Self.nameProblem(text, "a name", 249)
        case .brokers: return Address.problem(withList: text)
        case .optionalAddress: return text.isEmpty ? nil : Address.problem(with: text)
        case .host:
            guard !text.isEmpty, Address.isHost(text[...]) else {
                return "must hold names of hosts such as dash.example.org, not `\(text)`"
            }
            return nil
        case .pointer:
            guard text.isEmpty || (try? JSONPointer(Text(text))) != nil else {
                return "must be a JSON pointer such as /metadata/custom, not `\(text)`"
            }
            return nil
        case .optionalWeb:
            guard text.isEmpty || Self.isWeb(text) else {
                return "must be an address such as http://localhost:4318, not `\(text)`"
            }
            return nil
        case .header:
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Settings.Rewards.Outside.isHeader(String(parts[0]), String(parts[1])) else {
                return "must hold headers such as `Authorization: Bearer ${OTEL_TOKEN}`"
            }
            return nil
        }
    }

    private static func isWeb(_ text: String) -> Bool {
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        return rest.first.map { $0 != "/" && $0 != ":" } == true
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Kafka's rule for names of topics and of members of a group.
    private static func nameProblem(_ text: String, _ what: String, _ longest: Int) -> String? {
        guard text.utf8.count <= longest else {
            return "must be \(what) of at most \(longest) characters, not of \(text.utf8.count)"
        }
        let isLegal =
            text != "." && text != ".."
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        return isLegal ? nil : "must be \(what) of letters, digits, `.`, `_` and `-`, not `\(text)`"
    }
}

extension Settings {
    /// What is wrong with the name of a topic, continuing "--topic …"; nil: Kafka takes it.
    public static func problem(withTopic name: String) -> String? { TextRule.topic.problem(with: name) }
}
