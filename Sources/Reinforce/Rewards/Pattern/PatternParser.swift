/// Reads a pattern: what Python's `re` (with `re.ASCII`) and most engines have in common, without what needs going back.
struct PatternParser {
    private(set) var options: PatternOptions
    let scalars: [Unicode.Scalar]
    var at = 0
    private var depth = 0

    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let space: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]
    private static let maxDepth = 100

    init(_ source: String, ignoresCase: Bool) {
        scalars = Array(source.unicodeScalars)
        options = PatternOptions(ignoresCase: ignoresCase)
    }

    mutating func parse() throws(PatternProblem) -> PatternNode {
        readOptions()
        let node = try alternatives()
        guard at == scalars.count else { throw problem("has a `)` without a `(`") }
        return node
    }

    func problem(_ what: String) -> PatternProblem { PatternProblem("\(what) (at character \(at + 1))") }
    var current: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        at += 1
        return true
    }

    /// `(?im)` at the beginning.
    private mutating func readOptions() {
        guard scalars.starts(with: "(?".unicodeScalars), let end = scalars.firstIndex(of: ")"), end > 2 else { return }
        var read = options
        for flag in scalars[2..<end] {
            switch flag {
            case "i": read.ignoresCase = true
            case "m": read.isMultiline = true
            case "s": read.dotIsAll = true
            default: return
            }
        }
        options = read
        at = end + 1
    }

    private mutating func alternatives() throws(PatternProblem) -> PatternNode {
        var all = [try sequence()]
        while skip("|") { all.append(try sequence()) }
        return all.count == 1 ? all[0] : .either(all)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternNode {
        var all: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" { all.append(try repeated()) }
        return all.count == 1 ? all[0] : .sequence(all)
    }

    private mutating func repeated() throws(PatternProblem) -> PatternNode {
        let node = try single()
        let least: Int
        let most: Int?
        switch current {
        case "*"?: (least, most) = (0, nil)
        case "+"?: (least, most) = (1, nil)
        case "?"?: (least, most) = (0, 1)
        case "{"?:
            guard let counts = try counts() else { return node }
            (least, most) = counts
            // what follows stands where the sign of another repetition would
            at -= 1
        default: return node
        }
        at += 1
        // greedy or not: what is found is the same
        _ = skip("?")
        if let next = current, "*+?".unicodeScalars.contains(next) {
            throw problem("repeats a repetition: put it in brackets")
        }
        return .times(node, least: least, most: most)
    }

    private mutating func single() throws(PatternProblem) -> PatternNode {
        guard let scalar = current else { return .empty }
        switch scalar {
        case "*", "+", "?": throw problem("repeats nothing with `\(scalar)`; write `\\\(scalar)` for the character")
        case "(": return try group()
        case "[": return .take(try set())
        case "\\": return try escape()
        default: break
        }
        at += 1
        switch scalar {
        case ".": return .takeAny
        case "^": return .assert(.beginning)
        case "$": return .assert(.end)
        default: return .take(PatternSet(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func group() throws(PatternProblem) -> PatternNode {
        at += 1
        if skip("?") {
            guard skip(":") else {
                throw problem(
                    "has a group that begins with `(?`: of these only `(?:` is known, and flags i, m, s at the beginning"
                )
            }
        }
        depth += 1
        guard depth <= Self.maxDepth else { throw problem("has more than \(Self.maxDepth) groups in one another") }
        let node = try alternatives()
        depth -= 1
        guard skip(")") else { throw problem("has a `(` without a `)`") }
        return node
    }

    private mutating func escape() throws(PatternProblem) -> PatternNode {
        at += 1
        guard let scalar = current else { throw problem("ends with a `\\`") }
        switch scalar {
        case "b", "B", "A", "Z", "z": at += 1
        default: return .take(try escapedSet())
        }
        switch scalar {
        case "b": return .assert(.wordBoundary)
        case "B": return .assert(.noWordBoundary)
        case "A": return .assert(.textBeginning)
        default: return .assert(.textEnd)
        }
    }
}
