internal import Foundation
internal import JSON

/// Finds the number in what a model has written, and scales it to 0…1.
public struct ScoreReader: Sendable {
    private enum Way: @unchecked Sendable {
        case pattern(NSRegularExpression)
        case pointer(JSONPointer)
    }

    private let way: Way
    private let range: ClosedRange<Double>
    /// Characters of an answer that a pattern looks at: its end, where a verdict stands.
    private static let longest = 2000
    /// Repetitions without an end that a pattern may have.
    private static let repetitions = 2

    /// - Parameters:
    ///   - parse: a regular expression whose first group is the number; a JSON pointer, where it begins with `/`.
    ///   - range: the least and the greatest number there are.
    /// - Throws: ``TemplateProblem`` that says what is wrong.
    public init(_ parse: String, range: ClosedRange<Double>) throws(TemplateProblem) {
        self.range = range
        if parse.hasPrefix("/") {
            do { way = .pointer(try JSONPointer(Text(parse))) } catch {
                throw TemplateProblem("is no JSON pointer: \(error)")
            }
            return
        }
        guard let pattern = try? NSRegularExpression(pattern: parse) else {
            throw TemplateProblem("is no regular expression")
        }
        if let problem = Self.slowness(of: parse) { throw TemplateProblem(problem) }
        guard pattern.numberOfCaptureGroups >= 1 else {
            throw TemplateProblem("has no group: put what is the number in parentheses, as in `Score: ([0-9.]+)`")
        }
        way = .pattern(pattern)
    }

    /// The score in an answer.
    ///
    /// - Throws: ``TryFailure`` of the kind garbage.
    func score(_ text: String) throws(TryFailure) -> Double {
        let found: Double?
        switch way {
        case .pointer(let pointer):
            guard let value = try? JSONValue(parsing: Array(text.utf8)) else {
                throw TryFailure(.garbage, "what the model wrote is no JSON")
            }
            found = pointer.evaluate(value).flatMap { $0.asNumber ?? Self.number($0) }
        case .pattern(let pattern): found = Self.first(pattern, text).flatMap { Double($0) }
        }
        guard let found, found.isFinite else {
            throw TryFailure(.garbage, "there is no number in what the model wrote")
        }
        return try scaled(found)
    }

    /// The scores of several, in order: a list of numbers and nulls at the pointer.
    ///
    /// - Throws: ``TryFailure`` of the kind garbage.
    func scores(_ text: String) throws(TryFailure) -> [Double?] {
        guard case .pointer(let pointer) = way, let value = try? JSONValue(parsing: Array(text.utf8)),
            case .array(let list)? = pointer.evaluate(value)
        else { throw TryFailure(.garbage, "there is no list of numbers in what the model wrote") }
        var scores: [Double?] = []
        for value in list {
            scores.append(try Verdict.number(value).map { (found) throws(TryFailure) in try scaled(found) })
        }
        return scores
    }

    private func scaled(_ found: Double) throws(TryFailure) -> Double {
        guard range.contains(found) else {
            throw TryFailure(
                .garbage,
                "the model gave \(found), which is not from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return (found - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    private static func number(_ value: JSONValue) -> Double? {
        guard case .string(let text) = value else { return nil }
        return Double(text.string)
    }

    /// The first group of the first match.
    private static func first(_ pattern: NSRegularExpression, _ text: String) -> String? {
        let end = String(text.suffix(longest))
        guard let match = pattern.firstMatch(in: end, range: NSRange(end.startIndex..., in: end)),
            let group = Range(match.range(at: 1), in: end)
        else { return nil }
        return String(end[group])
    }

    /// What would make a pattern try for ever on some text that a model may write: repeated groups, many repetitions,
    /// references back. Nil: nothing of that is in it.
    private static func slowness(of pattern: String) -> String? {
        var endless = 0
        var isInSet = false
        var before: Character?
        var rest = pattern[...]
        while let next = rest.popFirst() {
            defer { before = next }
            switch next {
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                if !isInSet, escaped == "k" || ("1"..."9").contains(escaped) {
                    return "refers back to a group: what a model writes could keep it busy for ever"
                }
            case "[": isInSet = true
            case "]": isInSet = false
            case "(" where !isInSet && rest.first == "?":
                if !rest.hasPrefix("?:"), !rest.hasPrefix("?i)") {
                    return "has a group that begins with `(?`: there are only `(?:` and `(?i)`"
                }
            case "*" where !isInSet, "+" where !isInSet, "{" where !isInSet:
                if before == ")" {
                    return
                        "repeats a group: what a model writes could keep it busy for ever; repeat a set of characters, as "
                        + "in `([0-9.]+)`"
                }
                endless += 1
            default: break
            }
        }
        guard endless > repetitions else { return nil }
        return
            "repeats more than \(repetitions) times: what a model writes could keep it busy for long; name what stands around "
            + "the number, as in `Score: ([0-9.]+)`"
    }
}
