/// Follows all ways through a pattern at once, over one text.
struct PatternMatcher {
    private let pattern: Pattern
    private var stepsLeft: Int
    /// The position at which an instruction was reached last.
    private var reachedAt: [Int]
    private var pending: [Int] = []
    private var matched = false

    init(_ pattern: Pattern, maxSteps: Int) {
        self.pattern = pattern
        stepsLeft = maxSteps
        reachedAt = [Int](repeating: -1, count: pattern.instructions.count)
    }

    mutating func isFound(in text: String) -> Bool? {
        var ways: [Int] = []
        var next: [Int] = []
        var before: Unicode.Scalar?
        var position = 0
        var scalars = text.unicodeScalars.makeIterator()
        var current = scalars.next()
        while true {
            reach(0, position, before, current, &ways)
            if matched { return true }
            guard let scalar = current else { return false }
            let after = scalars.next()
            next.removeAll(keepingCapacity: true)
            for way in ways {
                stepsLeft -= 1
                switch pattern.instructions[way] {
                case .take(let set):
                    stepsLeft -= set.ranges.count
                    guard set.takes(scalar, pattern.options.ignoresCase) else { continue }
                case .takeAny: guard scalar != "\n" || pattern.options.dotIsAll else { continue }
                default: continue
                }
                reach(way + 1, position + 1, scalar, after, &next)
            }
            if matched { return true }
            if stepsLeft < 0 { return nil }
            swap(&ways, &next)
            (before, current) = (scalar, after)
            position += 1
        }
    }

    /// Notes an instruction that takes a character, and all that are reached from it without taking one.
    private mutating func reach(
        _ start: Int,
        _ position: Int,
        _ before: Unicode.Scalar?,
        _ after: Unicode.Scalar?,
        _ ways: inout [Int]
    ) {
        pending.append(start)
        while let at = pending.popLast() {
            guard reachedAt[at] != position else { continue }
            reachedAt[at] = position
            stepsLeft -= 1
            switch pattern.instructions[at] {
            case .match: matched = true
            case .jump(let target): pending.append(target)
            case .split(let a, let b): pending += [b, a]
            case .assert(let assertion): if holds(assertion, before, after) { pending.append(at + 1) }
            case .take, .takeAny: ways.append(at)
            }
        }
    }

    private func holds(_ assertion: PatternAssertion, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool {
        switch assertion {
        case .textBeginning: before == nil
        case .textEnd: after == nil
        case .beginning: before == nil || (pattern.options.isMultiline && before == "\n")
        case .end: after == nil || (pattern.options.isMultiline && after == "\n")
        case .wordBoundary: isWord(before) != isWord(after)
        case .noWordBoundary: isWord(before) == isWord(after)
        }
    }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return PatternParser.word.contains { $0.contains(scalar.value) }
    }
}
