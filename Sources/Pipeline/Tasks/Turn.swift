/// How long one turn of the loop may work before it polls again. A group takes a member for dead that does not poll, and
/// what a record asks for can be far more than what it holds: what is not done in one turn is done in the next.
struct Turn: Sendable {
    /// Milliseconds that a turn lasts, one record's work or one group's aside.
    static let milliseconds: Int64 = 250

    private let end: Int64
    /// Bytes that a partition may come to hold in it.
    let growth: Int

    /// A turn that begins now. Sessions of a group end by real time, whatever clock the stream is told.
    ///
    /// - Parameter growth: bytes that each partition may add to what it holds.
    init(growth: Int = .max) {
        end = SystemClock.uptime + Self.milliseconds
        self.growth = growth
    }

    /// Its time is up.
    var isOver: Bool { SystemClock.uptime >= end }
}

/// Spares a task to look at the clock before every record, which takes longer than many a record: after some records or some
/// bytes is soon enough.
struct Pace {
    private static let records = 32
    private static let bytes = 256 << 10
    private var records = 0
    private var bytes = 0

    /// Whether to look before a record of so many bytes is taken.
    mutating func mustLook(before bytes: Int) -> Bool {
        records += 1
        self.bytes += bytes
        guard records > Self.records || self.bytes > Self.bytes else { return false }
        (records, self.bytes) = (0, 0)
        return true
    }
}
