import JSON

/// `token_f1`: the F1 of the words that the answer shares with what is expected, as the evaluation of SQuAD 2.0 has it:
/// small letters, without ASCII punctuation and English articles.
public struct TokenF1Reward: RewardFunction {
    /// What is expected, and where the answer stands.
    public var expectation: Expectation

    /// The reward.
    public init(_ expectation: Expectation) { self.expectation = expectation }

    /// Unless a value is given.
    public var needsLabels: Bool { expectation.needsLabels }

    /// From 0 to 1.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        expectation.least(rollout) { .value(Self.score($0.plainText, $1.plainText)) }
    }

    static func score(_ expected: String, _ found: String) -> Double {
        let wanted = words(expected)
        let given = words(found)
        if wanted.isEmpty || given.isEmpty { return wanted.isEmpty && given.isEmpty ? 1 : 0 }
        var left: [Text: Int] = [:]
        for word in wanted { left[Text(word), default: 0] += 1 }
        var shared = 0
        for word in given {
            guard let count = left[Text(word)], count > 0 else { continue }
            left[Text(word)] = count - 1
            shared += 1
        }
        if shared == 0 { return 0 }
        let precision = Double(shared) / Double(given.count)
        let recall = Double(shared) / Double(wanted.count)
        return 2 * precision * recall / (precision + recall)
    }

    private static func words(_ text: String) -> [String] {
        var plain = ""
        for scalar in text.lowercased().unicodeScalars where !isPunctuation(scalar) {
            plain.unicodeScalars.append(scalar)
        }
        return plain.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
            .filter { !["a", "an", "the"].contains($0) }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}

/// `edit_similarity`: 1 − (Levenshtein's distance) / (length of the longer text), in Unicode scalars.
public struct EditSimilarityReward: RewardFunction {
    /// Scalars that a text may have: the time grows with the product of the two lengths.
    public static let maxLength = 4096

    /// What is expected, and where the answer stands.
    public var expectation: Expectation

    /// The reward.
    public init(_ expectation: Expectation) { self.expectation = expectation }

    /// Unless a value is given.
    public var needsLabels: Bool { expectation.needsLabels }

    /// From 0 to 1.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        expectation.least(rollout) { expected, found in
            let wanted = expected.plainText.unicodeScalars.prefix(Self.maxLength + 1)
            let given = found.plainText.unicodeScalars.prefix(Self.maxLength + 1)
            guard max(wanted.count, given.count) <= Self.maxLength else {
                return .error("a text has more than \(Self.maxLength) characters")
            }
            return .value(Self.score(Array(wanted), Array(given)))
        }
    }

    static func score(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Double {
        let longest = max(a.count, b.count)
        if longest == 0 { return 1 }
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let replaced = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return 1 - Double(row[b.count]) / Double(longest)
    }
}
