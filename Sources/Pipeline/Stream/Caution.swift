/// A record that ends the process every time must not stop its partition for ever. What a life of the process began with
/// stands in the checkpoint before the first record is taken; a life that finds such a mark goes on more carefully: first
/// in small steps, then record by record, and the record that has now ended three lives goes to the dead letters. Pure.
struct Caution: Hashable, Sendable {
    /// How many lives have ended since the last progress; 3: the record at the position is the culprit.
    private(set) var level: Int
    private var taken = 0
    /// The trial is over: there was progress.
    private var isOver: Bool

    /// No reason for any.
    static let none = Caution(level: 0, isOver: true)

    private init(level: Int, isOver: Bool) {
        self.level = level
        self.isOver = isOver
    }

    /// A life that begins where the checkpoint holds these bytes.
    init(decoding bytes: [UInt8]) { self.init(level: min(3, Int(bytes.first ?? 0)), isOver: false) }

    /// What the checkpoint holds: what the next life is to begin with, should this one end; empty: nothing.
    var encoded: [UInt8] { isOver ? [] : [UInt8(min(3, level + 1))] }

    /// Records after which to commit; nil: as always.
    var step: Int? { isOver || level == 0 ? nil : level == 1 ? 256 : 1 }

    /// The next record is given up. To be asked once.
    mutating func givesUp() -> Bool {
        guard !isOver, level >= 3 else { return false }
        isOver = true
        return true
    }

    /// A record was taken, and the process is still there.
    mutating func survived() {
        guard !isOver else { return }
        taken += 1
        if taken >= (level == 0 ? 1 : level == 1 ? 50_000 : 512) { isOver = true }
    }

    /// There is nothing more to take.
    mutating func reachedEnd() { isOver = true }
}
