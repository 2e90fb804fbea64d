internal import JSON

/// A question in words, with `{{…}}` for parts of the rollout.
public struct ChatTemplate: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case prompt
        case completion
        case completions
        case outcome
        case label(Text)
        case example(Text)
        case finalState(JSONPointer?)
    }

    private let pieces: [Piece]
    /// What stands where a part is not there.
    private static let nothing = "(none)"

    /// - Throws: ``TemplateProblem`` that says what is wrong.
    public init(_ text: String) throws(TemplateProblem) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            pieces.append(.text(String(rest[..<open.lowerBound])))
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw TemplateProblem("has `{{` without `}}`")
            }
            pieces.append(try Self.piece(String(rest[open.upperBound..<close.lowerBound]).filter { $0 != " " }))
            rest = rest[close.upperBound...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
    }

    private static func piece(_ name: String) throws(TemplateProblem) -> Piece {
        switch name {
        case "prompt": return .prompt
        case "completion": return .completion
        case "completions": return .completions
        case "outcome": return .outcome
        case "final_state": return .finalState(nil)
        default: break
        }
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        if parts.count == 2, parts[0] == "label" { return .label(Text(parts[1])) }
        if parts.count == 2, parts[0] == "example" { return .example(Text(parts[1])) }
        if parts.count == 2, parts[0] == "final_state", let pointer = try? JSONPointer(Text(parts[1])) {
            return .finalState(pointer)
        }
        throw TemplateProblem(
            "names `{{\(name)}}`; there are prompt, completion, completions, outcome, label.FIELD, example.FIELD, final_state and "
                + "final_state./POINTER"
        )
    }

    /// The question about a rollout, or a group; of a group `prompt` and the like are those of its first rollout.
    ///
    /// - Parameter asked: the request's members.
    func render(_ asked: JSONValue) -> String {
        var rollouts = [asked]
        if case .array(let all)? = asked["rollouts"] { rollouts = all }
        let rollout = rollouts.first ?? asked
        return pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .prompt: Self.chat(rollout).prompt
            case .completion: Self.chat(rollout).completion
            case .completions:
                rollouts.enumerated().map { "[\($0.offset + 1)]\n\(Self.chat($0.element).completion)" }
                    .joined(separator: "\n\n")
            case .outcome: Self.words(rollout["outcome"])
            case .label(let name), .example(let name): Self.words(asked["example"]?["data"]?[name])
            case .finalState(let pointer):
                Self.words(rollout["final_state"].flatMap { state in pointer.map { $0.evaluate(state) } ?? state })
            }
        }.joined()
    }

    /// A text as it is, anything else as JSON.
    static func words(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null?: return nothing
        case .string(let text)?: return text.string
        case let other?: return String(decoding: other.canonicalBytes, as: UTF8.self)
        }
    }

    /// What was read and what was written: of the last call that has both, else of the last node.
    private static func chat(_ rollout: JSONValue) -> (prompt: String, completion: String) {
        if case .array(let calls)? = rollout["calls"],
            let call = calls.last(where: { $0["completion"].map { $0 != .null } ?? false })
        {
            return (messages(call["prompt"]), words(call["completion"]?["content"]))
        }
        guard case .array(let samples)? = rollout["samples"], let last = samples.last else { return (nothing, nothing) }
        return (messages(last["prompt"]), words(last["completion"]))
    }

    private static func messages(_ value: JSONValue?) -> String {
        guard case .array(let messages)? = value, !messages.isEmpty else { return words(value) }
        guard messages.count > 1 else { return words(messages[0]["content"]) }
        return messages.map { "\(words($0["role"])): \(words($0["content"]))" }.joined(separator: "\n")
    }
}

/// Why a template or a pattern cannot be used.
public struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Continuing "the template …".
    public let description: String

    init(_ description: String) { self.description = description }
}
