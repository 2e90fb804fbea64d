/// What a user typed, taken apart.
public struct ParsedArguments: Sendable, Hashable {
    /// The commands, outermost first, without the program itself.
    public internal(set) var path: [String] = []
    /// Values by option, in the order they were given; a flag has an empty one each time.
    var values: [String: [String]] = [:]
    /// The positional arguments.
    public internal(set) var positionals: [String] = []
    /// Help was asked for.
    public internal(set) var wantsHelp = false

    /// Whether a flag or option was given.
    public func has(_ name: String) -> Bool { values[name] != nil }
    /// The last value of an option.
    public func last(_ name: String) -> String? { values[name]?.last }
    /// Every value of an option.
    public func all(_ name: String) -> [String] { values[name] ?? [] }

    /// A whole number.
    ///
    /// - Throws: ``ArgumentProblem`` where it is not one, or lies outside of `range`.
    public func integer(_ name: String, in range: ClosedRange<Int> = .min ... .max) throws(ArgumentProblem) -> Int? {
        guard let text = last(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bounds =
                range.upperBound == .max
                ? "a whole number of at least \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw ArgumentProblem("--\(name) must be \(bounds), not `\(text)`")
        }
        return number
    }

    /// A number.
    public func number(_ name: String, in range: ClosedRange<Double>) throws(ArgumentProblem) -> Double? {
        guard let text = last(name) else { return nil }
        guard let number = Double(text), range.contains(number) else {
            throw ArgumentProblem(
                "--\(name) must be a number from \(short(range.lowerBound)) to \(short(range.upperBound)), not `\(text)`"
            )
        }
        return number
    }

    /// A whole number without `.0`.
    private func short(_ number: Double) -> String {
        abs(number) < 1e15 && number == number.rounded() ? String(Int64(number)) : String(number)
    }
}

/// What is wrong with what a user typed.
public struct ArgumentProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence.
    public let description: String
    /// The commands that were understood before it: their help says what can be typed.
    public internal(set) var path: [String] = []

    /// A problem.
    public init(_ description: String) { self.description = description }
}
