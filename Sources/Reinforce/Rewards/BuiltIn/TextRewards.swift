public import JSON

/// `contains`: 1 where the answer's text has the expected text in it, else 0.
public struct ContainsReward: RewardFunction {
    /// What is looked for, and where.
    public var expectation: Expectation
    /// Capital and small letters are the same.
    public var ignoresCase: Bool

    /// The reward.
    public init(_ expectation: Expectation, ignoresCase: Bool = false) {
        self.expectation = expectation
        self.ignoresCase = ignoresCase
    }

    /// Unless a value is given.
    public var needsLabels: Bool { expectation.needsLabels }

    /// 1 or 0.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        expectation.least(rollout) { expected, found in
            var (needle, text) = (expected.plainText, found.plainText)
            if ignoresCase { (needle, text) = (needle.lowercased(), text.lowercased()) }
            return .value(Self.contains(Array(text.utf8), Array(needle.utf8)) ? 1 : 0)
        }
    }

    /// Knuth, Morris and Pratt: linear in both lengths, whatever they hold.
    static func contains(_ text: [UInt8], _ needle: [UInt8]) -> Bool {
        if needle.isEmpty { return true }
        var borders = [Int](repeating: 0, count: needle.count)
        var length = 0
        for index in needle.indices.dropFirst() {
            while length > 0, needle[index] != needle[length] { length = borders[length - 1] }
            if needle[index] == needle[length] { length += 1 }
            borders[index] = length
        }
        var matched = 0
        for byte in text {
            while matched > 0, byte != needle[matched] { matched = borders[matched - 1] }
            if byte == needle[matched] { matched += 1 }
            if matched == needle.count { return true }
        }
        return false
    }
}

/// `json_field`: 1 where a field of the JSON that the answer is, or holds as text, equals what is expected, else 0. JSON
/// equality: 1 and 1.0 differ, the order of keys does not matter.
public struct JSONFieldReward: RewardFunction {
    /// What is expected, and where the JSON stands.
    public var expectation: Expectation
    /// The field within the JSON.
    public var field: JSONPointer

    /// The reward.
    public init(_ expectation: Expectation, field: JSONPointer) {
        self.expectation = expectation
        self.field = field
    }

    /// Unless a value is given.
    public var needsLabels: Bool { expectation.needsLabels }

    /// 1 or 0; no answer where it is no JSON, or lacks the field.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        expectation.least(rollout) { expected, found in
            var found: JSONValue? = found
            if case .string(let text)? = found { found = JSONValue.held(by: text) }
            guard let value = found.flatMap({ field.evaluate($0) }), value != .null else { return .noAnswer }
            return .value(value == expected ? 1 : 0)
        }
    }
}

/// `regex`: 1 where the pattern is found in the answer's text, else 0.
public struct RegexReward: RewardFunction {
    /// Where the text stands.
    public var place: RewardPlace
    /// What is looked for.
    public var pattern: Pattern

    /// The reward.
    public init(_ place: RewardPlace, _ pattern: Pattern) {
        self.place = place
        self.pattern = pattern
    }

    /// 1 or 0.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        guard let text = place.value(in: rollout)?.plainText else { return .noAnswer }
        guard let isFound = pattern.isFound(in: text) else {
            return .error("the text is too long for the pattern: it takes more than \(Pattern.maxSteps) steps")
        }
        return .value(isFound ? 1 : 0)
    }
}
