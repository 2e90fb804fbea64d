public import JSON

/// Where the text or the value stands that a reward function looks at.
public struct RewardPlace: Sendable, Hashable {
    /// What is looked at.
    public enum Source: Sendable, Hashable {
        /// The state when the thread ended.
        case finalState
        /// The last completion of a model.
        case completion
        /// What the last execution of a node wrote.
        case node(Text)
    }

    /// What is looked at.
    public var source: Source
    /// A place within it; nil: the whole. In a completion: within the JSON that it holds.
    public var pointer: JSONPointer?

    /// A place.
    public init(_ source: Source = .finalState, _ pointer: JSONPointer? = nil) {
        self.source = source
        self.pointer = pointer
    }

    /// The value there; nil where there is none, or it is null.
    func value(in rollout: RewardInput) -> JSONValue? {
        let found: JSONValue?
        switch source {
        case .finalState: found = rollout.finalState(pointer)
        case .node(let name): found = rollout.output(of: name, pointer)
        case .completion:
            guard let text = rollout.completion else { return nil }
            guard let pointer else { return .string(text) }
            found = JSONValue.held(by: text).flatMap { pointer.evaluate($0) }
        }
        return found == .null ? nil : found
    }
}

extension JSONValue {
    /// The value as text: a string bare, anything else as canonical JSON.
    var plainText: String {
        if case .string(let text) = self { text.string } else { String(decoding: exactBytes, as: UTF8.self) }
    }

    /// The JSON that a text holds, whether bare or as a fenced block of Markdown; nil where it is none.
    static func held(by text: Text) -> JSONValue? {
        var bytes = Array(text.utf8)[...]
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        func trim() {
            while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
            while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        }
        trim()
        let fence = Array("```".utf8)
        if bytes.count >= 6, bytes.starts(with: fence), bytes.suffix(3).elementsEqual(fence) {
            bytes = bytes.dropFirst(3).dropLast(3)
            guard let line = bytes.firstIndex(of: 0x0A) else { return nil }
            bytes = bytes[(line + 1)...]
            trim()
        }
        return try? JSONValue(parsing: Array(bytes))
    }
}
