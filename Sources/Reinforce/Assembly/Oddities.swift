internal import DashStream
internal import JSON

/// Messages that a thread could not take, or that stand where they should not: how many, and the first of each kind, since
/// they were last taken. What a restart reads again is not among them.
public struct Oddities: Sendable {
    /// What is odd.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// A thread that is over begins again: its id was used twice, or its records were written twice.
        case duplicateThread
        /// A message came after its thread was over.
        case late
        /// The record's key is not the thread of its message.
        case foreignKey
    }

    /// One of them.
    public struct Sample: Sendable, Hashable {
        /// The thread of the message.
        public let key: ThreadKey
        /// Where the message stands.
        public let position: RecordPosition
    }

    /// Messages whose id their thread already had, an open or a closed one.
    public internal(set) var duplicates = 0
    private var counts: [Kind: Int] = [:]
    private var samples: [Kind: Sample] = [:]

    /// None.
    public init() {}

    /// Whether there is none.
    public var isEmpty: Bool { duplicates == 0 && counts.isEmpty }

    /// How many of a kind.
    public func count(_ kind: Kind) -> Int { counts[kind] ?? 0 }

    /// The first of a kind.
    public func sample(_ kind: Kind) -> Sample? { samples[kind] }

    mutating func note(_ kind: Kind, _ unit: borrowing DashStream.Unit, at position: RecordPosition) {
        counts[kind, default: 0] &+= 1
        guard samples[kind] == nil else { return }
        let key = ThreadKey(
            tenant: Text(utf8: unit.header.tenantID) ?? "",
            thread: Text(utf8: unit.header.threadID) ?? ""
        )
        samples[kind] = Sample(key: key, position: position)
    }
}

extension ThreadStage {
    /// Whether something odd has come since it was last asked.
    public var hasOddities: Bool { !assembler.oddities.isEmpty }

    /// Hands over what is odd.
    public mutating func takeOddities() -> Oddities {
        defer { assembler.oddities = Oddities() }
        return assembler.oddities
    }
}

extension ThreadStage {
    /// When the oldest thread began that is open or waits, milliseconds; nil: there is none. Looks at each of them.
    public var oldestOpen: Int64? {
        let open = assembler.threads.lazy.compactMap { $0?.firstTimestamp }.min()
        guard let waiting = waiting.oldest else { return open }
        return open.map { Swift.min($0, waiting) } ?? waiting
    }
}

extension GroupStage {
    /// When the oldest group was opened that is not decided yet, milliseconds; nil: there is none. Looks at each of them.
    public var oldestOpen: Int64? { open.values.lazy.map(\.openedAt).min() }
}

extension FinishedThread {
    /// Main-lane messages that came behind its terminator.
    public var late: Int { trajectory.late }
    /// Where its records stand.
    public var source: SourceRange { trajectory.source }
}
