import JSON

/// `numeric`: 1 where the answer's number is close to the expected one, else 0.
public struct NumericReward: RewardFunction {
    /// What is expected, and where the number stands.
    public var expectation: Expectation
    /// The greatest difference that is close.
    public var tolerance: Double
    /// The same, as a share of the greater of the two magnitudes.
    public var relative: Double

    /// The reward.
    public init(_ expectation: Expectation, tolerance: Double = 0, relative: Double = 0) {
        self.expectation = expectation
        self.tolerance = tolerance
        self.relative = relative
    }

    /// Unless a value is given.
    public var needsLabels: Bool { expectation.needsLabels }

    /// 1 or 0; no answer where there is no number.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        expectation.least(rollout) { expected, found in
            guard let wanted = Self.number(expected) else { return .error("what is expected is no number") }
            guard let number = Self.number(found) else { return .noAnswer }
            return .value(isClose(number, wanted) ? 1 : 0)
        }
    }

    func isClose(_ a: Double, _ b: Double) -> Bool {
        if a == b { return true }
        guard a.isFinite, b.isFinite else { return false }
        let difference = abs(a - b)
        return difference <= tolerance || difference <= relative * max(abs(a), abs(b))
    }

    /// A JSON number, or the last number in a text.
    static func number(_ value: JSONValue) -> Double? {
        if case .string(let text) = value { return lastNumber(in: Array(text.utf8)) }
        return value.asNumber
    }

    /// The last decimal number in a text: a sign, digits (with commas between thousands), a fraction, an exponent.
    static func lastNumber(in text: [UInt8]) -> Double? {
        var last: Double?
        var at = 0
        while at < text.count {
            guard text.isDigit(at) else {
                at += 1
                continue
            }
            var digits: [UInt8] = []
            if at > 0, text[at - 1] == UInt8(ascii: "-") { digits.append(UInt8(ascii: "-")) }
            at = text.appendDigits(at, to: &digits)
            while at < text.count, text[at] == UInt8(ascii: ","), text.isDigit(at + 1), text.isDigit(at + 2),
                text.isDigit(at + 3)
            {
                digits += text[(at + 1)...(at + 3)]
                at += 4
            }
            if at < text.count, text[at] == UInt8(ascii: "."), text.isDigit(at + 1) {
                digits.append(text[at])
                at = text.appendDigits(at + 1, to: &digits)
            }
            if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
                let isSigned = at + 1 < text.count && (text[at + 1] == 0x2B || text[at + 1] == 0x2D)
                let first = at + (isSigned ? 2 : 1)
                if text.isDigit(first) {
                    digits += text[at..<first]
                    at = text.appendDigits(first, to: &digits)
                }
            }
            last = Double(String(decoding: digits, as: UTF8.self)) ?? last
        }
        return last
    }
}

extension [UInt8] {
    fileprivate func isDigit(_ index: Int) -> Bool { index < count && (0x30...0x39).contains(self[index]) }

    /// Where the digits from `index` end.
    fileprivate func appendDigits(_ index: Int, to digits: inout [UInt8]) -> Int {
        var at = index
        while isDigit(at) {
            digits.append(self[at])
            at += 1
        }
        return at
    }
}
