/// How many bytes and how much time lie between places of a partition: marks that are set now and then while it is read.
/// Bounded: the older ones get sparse.
struct LogMarks: Sendable {
    private struct Mark {
        let offset: Int64
        let bytes: Int
        /// The partition's time, milliseconds since 1970; nil: none.
        let time: Int64?
    }

    /// Bytes of values and time from one place to another.
    struct Distance: Sendable, Hashable {
        var bytes: Int
        /// Milliseconds; nil: not known.
        var time: Int64?
    }

    /// The most marks.
    static let limit = 256
    private var marks: [Mark] = []

    /// So many marks are kept.
    var count: Int { marks.count }

    /// Everything below `offset` was read: so many bytes since the partition is here.
    mutating func set(at offset: Int64, bytes: Int, time: Int64?) {
        guard marks.last.map({ $0.offset < offset }) ?? true else { return }
        marks.append(Mark(offset: offset, bytes: bytes, time: time))
        guard marks.count > Self.limit else { return }
        // the first and the newest stay, every second one in the older half goes
        let half = Self.limit / 2
        marks = marks.enumerated().filter { $0.offset == 0 || $0.offset >= half || $0.offset % 2 == 0 }.map(\.element)
    }

    /// From `offset` to the last mark: what lies between two marks is taken to be even; nil: nothing is known.
    func distance(from offset: Int64) -> Distance? {
        guard let last = marks.last, let first = marks.first else { return nil }
        guard offset < last.offset else { return Distance(bytes: 0, time: last.time.map { _ in 0 }) }
        let start = max(offset, first.offset)
        let next = marks.firstIndex { $0.offset > start } ?? marks.count - 1
        let (low, high) = (marks[max(0, next - 1)], marks[next])
        let length = Double(high.offset) - Double(low.offset)
        let share = length > 0 ? (Double(start) - Double(low.offset)) / length : 0
        let bytes = Double(low.bytes) + Double(high.bytes - low.bytes) * share
        var time: Int64?
        if let end = last.time, let lowTime = low.time ?? high.time, let highTime = high.time {
            let between = Double(lowTime) + (Double(highTime) - Double(lowTime)) * share
            time = max(0, Int64(exactly: (Double(end) - between).rounded()) ?? 0)
        }
        return Distance(bytes: max(0, last.bytes - (Int(exactly: bytes.rounded()) ?? last.bytes)), time: time)
    }
}
