import JSON

/// What following a thread's state may cost. A few bytes of a diff can ask for any amount of work: what hostile records
/// ask for ends, the same on every machine, and leaves the state unverified.
struct StateWork {
    /// Units that the operations of one diff may take beyond being read (``PatchWork``): a tenth of a second at most.
    static let ofDiff = 64 << 20
    /// Bytes that are looked at, copied or hashed for one thread, the operations of its diffs included: some seconds at most.
    static let ofThread = 2 << 30
    /// Bytes of a state's text; no parser takes more.
    static let maxState = 64 << 20

    /// Left for the diff at hand.
    var diff = PatchWork(ofDiff)
    /// Left for the thread; nothing once it was exceeded.
    private(set) var left = ofThread

    /// Whether the thread's state is not followed any more.
    var isSpent: Bool { left <= 0 }

    /// Looks at so many bytes for the thread.
    mutating func spend(_ bytes: Int) throws(DiffFailure) {
        left -= min(bytes, left)
        if isSpent { throw .tooMuchWork }
    }

    /// Moves something aside for an operation of the diff at hand.
    mutating func spendOnDiff(_ units: Int) throws(DiffFailure) {
        do { try diff.spend(units) } catch { throw .tooMuchWork }
    }

    /// A diff begins.
    mutating func beginDiff() { diff = PatchWork(Self.ofDiff) }

    /// The diff at hand is over, whatever came of it: what it took is the thread's too.
    mutating func endDiff() { left -= min(Self.ofDiff - diff.left, left) }
}
