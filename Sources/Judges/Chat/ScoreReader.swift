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
    /// UTF-16 units of an answer that are looked at.
    private static let longest = 65_536
    /// Milliseconds that a pattern may take.
    private static let patience = 1000.0

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
        case .pattern(let pattern): found = try Self.first(pattern, text).flatMap { Double($0) }
        }
        guard let found, found.isFinite else {
            throw TryFailure(.garbage, "there is no number in what the model wrote")
        }
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

    /// The first group of the first match; a pattern that takes too long has none.
    private static func first(_ pattern: NSRegularExpression, _ text: String) throws(TryFailure) -> String? {
        let text = String(text.prefix(longest)) as NSString
        let end = Date(timeIntervalSinceNow: patience / 1000)
        var found: String?
        var isSlow = false
        unsafe pattern.enumerateMatches(
            in: text as String,
            options: [.reportProgress],
            range: NSRange(location: 0, length: text.length)
        ) { match, _, stop in
            if let match {
                let group = match.range(at: 1)
                if group.location != NSNotFound { found = text.substring(with: group) }
                unsafe stop.pointee = true
            } else if Date() > end {
                isSlow = true
                unsafe stop.pointee = true
            }
        }
        if isSlow { throw TryFailure(.garbage, "the pattern takes longer than a second for what the model wrote") }
        return found
    }
}
