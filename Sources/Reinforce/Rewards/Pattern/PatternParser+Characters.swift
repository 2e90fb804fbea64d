/// Parts of a pattern that are about single characters, and counts.
extension PatternParser {
    /// Behind the backslash: a kind of character, or one.
    mutating func escapedSet() throws(PatternProblem) -> PatternSet {
        guard let scalar = current else { throw problem("ends with a `\\`") }
        at += 1
        func one(_ value: UInt32) -> PatternSet { PatternSet(ranges: [value...value]) }
        switch scalar {
        case "d": return PatternSet(ranges: Self.digits)
        case "D": return PatternSet(ranges: Self.digits, isNegated: true)
        case "w": return PatternSet(ranges: Self.word)
        case "W": return PatternSet(ranges: Self.word, isNegated: true)
        case "s": return PatternSet(ranges: Self.space)
        case "S": return PatternSet(ranges: Self.space, isNegated: true)
        case "n": return one(0x0A)
        case "t": return one(0x09)
        case "r": return one(0x0D)
        case "f": return one(0x0C)
        case "v": return one(0x0B)
        case "x": return one(try hexadecimal(2))
        case "u": return one(try hexadecimal(4))
        default:
            let isPlain = scalar.isASCII && (isLetter(scalar) || (0x30...0x39).contains(scalar.value))
            guard !isPlain else {
                at -= 1
                throw problem("has the unknown escape `\\\(scalar)`; there are no references back")
            }
            return one(scalar.value)
        }
    }

    private func isLetter(_ scalar: Unicode.Scalar) -> Bool { (0x61...0x7A).contains(scalar.value | 0x20) }

    mutating func hexadecimal(_ count: Int) throws(PatternProblem) -> UInt32 {
        let digits = String(String.UnicodeScalarView(scalars[at..<min(scalars.count, at + count)]))
        guard digits.unicodeScalars.count == count, !digits.hasPrefix("+"), !digits.hasPrefix("-"),
            let value = UInt32(digits, radix: 16)
        else { throw problem("has an escape without its \(count) hexadecimal digits") }
        at += count
        return value
    }

    mutating func set() throws(PatternProblem) -> PatternSet {
        at += 1
        var all = PatternSet(isNegated: skip("^"))
        var isFirst = true
        while true {
            guard let scalar = current else { throw problem("has a `[` without a `]`") }
            if scalar == "]", !isFirst { break }
            isFirst = false
            let low = try member()
            guard low.count == 1, let from = low.first, from.count == 1, current == "-", at + 1 < scalars.count,
                scalars[at + 1] != "]"
            else {
                all.ranges += low
                continue
            }
            at += 1
            let high = try member()
            guard high.count == 1, let to = high.first, to.count == 1, from.lowerBound <= to.lowerBound else {
                throw problem("has a range in `[…]` that runs from a greater character to a smaller one")
            }
            all.ranges.append(from.lowerBound...to.lowerBound)
        }
        at += 1
        return all
    }

    /// One member of `[…]`.
    mutating func member() throws(PatternProblem) -> [ClosedRange<UInt32>] {
        guard let scalar = current else { throw problem("has a `[` without a `]`") }
        at += 1
        guard scalar == "\\" else { return [scalar.value...scalar.value] }
        if skip("b") { return [0x08...0x08] }
        let set = try escapedSet()
        guard set.isNegated else { return set.ranges }
        var rest: [ClosedRange<UInt32>] = []
        var from: UInt32 = 0
        for range in set.ranges {
            if range.lowerBound > from { rest.append(from...range.lowerBound - 1) }
            from = range.upperBound + 1
        }
        return rest + [from...0x10FFFF]
    }

    /// `{3}`, `{3,}`, `{,3}`, `{3,5}`, behind which it stands then; nil: the brace is a character.
    mutating func counts() throws(PatternProblem) -> (Int, Int?)? {
        guard let end = scalars[at...].firstIndex(of: "}") else { return nil }
        let inside = String(String.UnicodeScalarView(scalars[(at + 1)..<end]))
        let parts = inside.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), inside != "", inside != ",",
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let numbers = parts.map { Int($0) ?? ($0.isEmpty ? -1 : Int.max) }
        let least = max(0, numbers[0])
        let most = numbers.count == 1 ? least : numbers[1] < 0 ? nil : numbers[1]
        guard least <= 1000, most ?? 0 <= 1000 else { throw problem("repeats something more than 1000 times") }
        guard least <= most ?? least else {
            throw problem("repeats something at least \(least) and at most \(most ?? 0) times")
        }
        at = end + 1
        return (least, most)
    }
}
