/// A record that ends the process every time must not stop its partition for ever. A life of the process notes in the
/// checkpoint that it is about to take its first new record (what a restart reads again has ended no process), and takes that
/// back with its next commit. A life that finds such a note goes on more carefully: in steps of 1,024 records, the next one of
/// 32, the next record by record with the try noted before each; a record that has ended three lives while it alone was in
/// hand goes to the dead letters. Pure.
struct Caution: Hashable, Sendable {
    private enum Mode: Hashable {
        /// No reason for any.
        case none
        /// A life has begun and has taken nothing new yet.
        case fresh
        /// Steps: some record of what a life may have had in hand is to blame.
        case coarse
        /// Small steps: some record of the last step.
        case fine
        /// Record by record.
        case single
    }

    private var mode: Mode
    /// Tries at the next record that were begun with it alone in hand.
    private var tries = 0
    /// The try that comes next is noted beside the offset already.
    private var isNoted = false
    private var taken = 0
    /// Offsets of records that were given up: a restart from before them passes over them too.
    private(set) var givenUp: [Int64] = []

    /// No reason for any.
    static let none = Caution(mode: .none)
    /// Tries after which a record is given up.
    private static let limit = 3

    private init(mode: Mode) { self.mode = mode }

    /// A life that begins where the checkpoint holds these bytes: a number, then offsets of eight bytes.
    init(decoding bytes: [UInt8]) {
        let level = Int(bytes.first ?? 0)
        mode = level == 0 ? .fresh : level == 1 ? .coarse : level == 2 ? .fine : .single
        tries = max(0, level - 3)
        for start in stride(from: 1, to: bytes.count - 7, by: 8) {
            let value = bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            givenUp.append(Int64(truncatingIfNeeded: value))
        }
    }

    /// What the checkpoint holds: what the next life is to begin with, should this one end; empty: nothing.
    var encoded: [UInt8] {
        let level: UInt8 =
            switch mode {
            case .none: 0
            case .fresh: isNoted ? 1 : 0
            case .coarse: isNoted ? 2 : 1
            case .fine: isNoted ? 3 : 2
            case .single: UInt8(3 + min(tries, 100))
            }
        guard level > 0 || !givenUp.isEmpty else { return [] }
        return [level] + givenUp.flatMap { offset in (0..<8).map { UInt8(truncatingIfNeeded: offset >> ($0 * 8)) } }
    }

    /// The first new record is to be noted before it is taken; what follows is taken as always.
    var mustNote: Bool { mode == .fresh && !isNoted }

    /// The first new record is about to be noted.
    mutating func note() { if mustNote { isNoted = true } }

    /// Records after which to commit; nil: as always.
    var step: Int? {
        switch mode {
        case .none, .fresh: nil
        case .coarse: 1024
        case .fine: 32
        case .single: 1
        }
    }

    /// Whether a batch may hold records that are to be taken in such steps; `distance`: offsets until the first of them.
    /// What a restart reads again before has ended no process. (A batch is far smaller, but offsets have gaps.)
    func isNear(_ distance: Int64) -> Bool { step != nil && distance < 32_000 }

    /// What to do with the next record.
    enum Decision: Hashable {
        case take
        /// Commit first: the try is to be noted.
        case note
        /// It has ended the process often enough.
        case giveUp
    }

    /// To be asked before each new record while there is a ``step``.
    mutating func decide(_ offset: Int64) -> Decision {
        guard mode != .none, !isNoted else { return .take }
        guard mode == .single else {
            isNoted = true
            return .note
        }
        guard tries < Self.limit else {
            givenUp.append(offset)
            tries = 0
            mode = .none
            return .giveUp
        }
        tries += 1
        isNoted = true
        return .note
    }

    /// Records after which nobody is suspected any more: all that the life before may have had in hand.
    private var range: Int {
        switch mode {
        case .none, .fresh: 1
        case .coarse: 50_000
        case .fine: 1024
        case .single: 32
        }
    }

    /// A record was taken, and the process is still there. In single steps the commit that follows notes the next try too.
    mutating func survived() {
        guard mode != .none else { return }
        taken += 1
        tries = mode == .single ? 1 : 0
        if taken >= range { mode = .none }
    }

    /// There is nothing more to take.
    mutating func reachedEnd() { mode = .none }

    /// Whether a record was given up before: it is passed over.
    func passes(_ offset: Int64) -> Bool { !givenUp.isEmpty && givenUp.contains(offset) }

    /// No restart begins before `offset` any more.
    mutating func forget(below offset: Int64) { if !givenUp.isEmpty { givenUp.removeAll { $0 < offset } } }
}
