import DashStream
import JSON

/// The time of one partition of the scored topic: the least over the sources that are not idle; if all are, the greatest.
/// It never goes back. It also knows how far back the memory of closed groups reaches.
public struct StreamClock: Hashable, Sendable {
    struct State: Hashable {
        var time: Int64?
        var isIdle: Bool
    }

    /// The stream time came to `time` with the record at `offset`.
    struct Mark: Hashable {
        let offset: Int64
        let time: Int64
    }

    /// The time, milliseconds; nil before there is any.
    public internal(set) var time: Int64?
    /// The least offset of what was received within the memory's stretch of stream time.
    var reach: Int64
    var marks: [Mark] = []
    var sources: [TimeSource: State] = [:]

    /// A clock of a partition that is read from `offset` on.
    public init(from offset: Int64 = 0) { reach = offset }

    /// Every source has been read to its end: time may pass without records.
    public var isIdle: Bool { !sources.isEmpty && sources.values.allSatisfy(\.isIdle) }

    /// Takes what a source says.
    ///
    /// - Parameters:
    ///   - said: the source's time.
    ///   - offset: where it said so.
    ///   - required: sources that must have spoken before any time counts.
    ///   - memory: the stretch of stream time that closed groups are remembered for, milliseconds.
    mutating func receive(_ said: SourceTime, at offset: Int64, required: Set<TimeSource>, memory: Int64) {
        let known = sources[said.source]?.time
        let time = said.time.map { max($0, known ?? $0) } ?? known
        sources[said.source] = State(time: time, isIdle: said.isIdle)
        guard required.allSatisfy({ sources[$0] != nil }) else { return }
        let busy = sources.values.filter { !$0.isIdle }
        let reached =
            busy.isEmpty
            ? sources.values.lazy.compactMap(\.time).max()
            : busy.contains { $0.time == nil } ? nil : busy.lazy.compactMap(\.time).min()
        if let reached { move(to: reached, at: offset, memory: memory) }
    }

    /// Lets time pass while every source is idle.
    mutating func pass(to now: Int64, at offset: Int64, memory: Int64) {
        if time != nil, isIdle { move(to: now, at: offset, memory: memory) }
    }

    private mutating func move(to now: Int64, at offset: Int64, memory: Int64) {
        guard time.map({ now > $0 }) ?? true else { return }
        time = now
        // a mark every eighth of the memory: few enough for a checkpoint, and it reaches back an eighth too far at most
        if marks.last.map({ now.saturatingMinus($0.time) >= max(1, memory / 8) }) ?? true {
            marks.append(Mark(offset: offset, time: now))
        }
        while let first = marks.first, now.saturatingMinus(first.time) > memory {
            reach = first.offset
            marks.removeFirst()
        }
    }
}
