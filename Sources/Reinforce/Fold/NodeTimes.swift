/// Tells which node execution a time lies within: the only one, where there is only one.
struct NodeTimes {
    /// Times in order; the sum of the indexes of the executions up to and with each.
    private var starts: [(time: Int64, sum: Int)] = []
    private var ends: [(time: Int64, sum: Int)] = []

    init(_ executions: [NodeExecution]) {
        // of clocks that go back nothing lies within
        let real = executions.indices.filter { executions[$0].startedAt <= executions[$0].endedAt }
        starts = Self.sums(real.map { (executions[$0].startedAt, $0) })
        ends = Self.sums(real.map { (executions[$0].endedAt, $0) })
    }

    private static func sums(_ times: [(Int64, Int)]) -> [(time: Int64, sum: Int)] {
        var sum = 0
        return times.sorted { $0.0 < $1.0 }.map { time, index in
            sum += index
            return (time, sum)
        }
    }

    /// The index of the only execution that holds `time`, both ends included; nil where there is none or several.
    func only(at time: Int64) -> Int? {
        // those that have begun, less those that have ended before
        let begun = Self.count(starts) { $0 <= time }
        let over = Self.count(ends) { $0 < time }
        guard begun - over == 1 else { return nil }
        return (begun > 0 ? starts[begun - 1].sum : 0) - (over > 0 ? ends[over - 1].sum : 0)
    }

    /// How many of the first times satisfy what only the first ones do.
    private static func count(_ times: [(time: Int64, sum: Int)], where isBefore: (Int64) -> Bool) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(times[middle].time) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
