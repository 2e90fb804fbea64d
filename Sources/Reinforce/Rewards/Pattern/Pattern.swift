/// A regular expression that is looked for in time that grows with (length of the text) × (size of the pattern), whatever the
/// text holds: all ways through the pattern are followed at once, none is ever taken back.
public struct Pattern: Sendable, Hashable {
    /// Steps that looking through one text may take.
    public static let maxSteps = 20_000_000
    /// Instructions that a pattern may come to, its counted repetitions written out.
    static let maxInstructions = 2_000

    /// As it was written.
    public let source: String
    let instructions: [PatternInstruction]
    let options: PatternOptions

    /// Reads a pattern.
    ///
    /// - Throws: ``PatternProblem`` that says what is wrong and where.
    public init(_ source: String, ignoresCase: Bool = false) throws(PatternProblem) {
        self.source = source
        var parser = PatternParser(source, ignoresCase: ignoresCase)
        let node = try parser.parse()
        options = parser.options
        var compiler = PatternCompiler()
        try compiler.compile(node)
        try compiler.emit(.match)
        instructions = compiler.instructions
    }

    /// Whether it is found anywhere in a text; nil: that takes more than ``maxSteps``.
    public func isFound(in text: String) -> Bool? { isFound(in: text, maxSteps: Self.maxSteps) }

    func isFound(in text: String, maxSteps: Int) -> Bool? {
        var matcher = PatternMatcher(self, maxSteps: maxSteps)
        return matcher.isFound(in: text)
    }
}

/// What is wrong with a pattern.
public struct PatternProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence without a subject: "has …".
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Flags at the beginning of a pattern, as `(?im)`.
struct PatternOptions: Sendable, Hashable {
    /// `i`
    var ignoresCase = false
    /// `m`: `^` and `$` are the ends of lines too.
    var isMultiline = false
    /// `s`: `.` is a line feed too.
    var dotIsAll = false
}

/// Characters that one place of a pattern takes.
struct PatternSet: Sendable, Hashable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func has(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

    /// - Parameter ignoresCase: whether the other case of a letter is it too.
    func takes(_ scalar: Unicode.Scalar, _ ignoresCase: Bool) -> Bool {
        if has(scalar.value) { return !isNegated }
        guard ignoresCase else { return isNegated }
        if scalar.isASCII {
            let isLetter = (0x61...0x7A).contains(scalar.value | 0x20)
            return (isLetter && has(scalar.value ^ 0x20)) != isNegated
        }
        for mapping in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
            let scalars = mapping.unicodeScalars
            if scalars.count == 1, let other = scalars.first, has(other.value) { return !isNegated }
        }
        return isNegated
    }
}

enum PatternAssertion: Sendable, Hashable {
    case beginning, end, textBeginning, textEnd, wordBoundary, noWordBoundary
}

enum PatternInstruction: Sendable, Hashable {
    case take(PatternSet)
    case takeAny
    /// Goes on at both.
    case split(Int, Int)
    case jump(Int)
    case assert(PatternAssertion)
    case match
}

indirect enum PatternNode {
    case empty
    case take(PatternSet)
    case takeAny
    case assert(PatternAssertion)
    case sequence([PatternNode])
    case either([PatternNode])
    /// `most` nil: any number.
    case times(PatternNode, least: Int, most: Int?)
}
