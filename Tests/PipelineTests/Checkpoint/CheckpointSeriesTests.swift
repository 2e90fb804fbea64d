import Testing

@testable import Pipeline
@testable import Reinforce

/// How often what is open is told whole, and how much is written of it in all.
@Suite struct CheckpointSeriesTests {
    /// A thread opens between any two commits: written in all is a small part of what every commit would write whole, and no
    /// commit's changes are written again for ever.
    @Test(arguments: [(1000, 10), (10_000, 2000)])
    func whatIsWrittenInAllIsFarLessThanAListForEachCommit(_ open: Int, _ sinceBase: Int) {
        var series = CheckpointSeries()
        var all: [OpenEntry] = []
        var (written, lists) = (0, 0)
        func commit(_ new: Int) {
            var recent = OpenChanges()
            for _ in 0..<new {
                let entry = OpenEntry(first: RestorePlan.First(offset: Int64(all.count), index: 0))
                all.append(entry)
                recent.open(entry)
            }
            let position = Int64(all.count)
            let head = Checkpoint(position: position, streamTime: nil, entries: [])
            let made = series.next(head, version: UInt64(position), count: all.count, recent: recent) { all }
            written += made.entries.count
            if made.base == nil {
                lists += 1
                #expect(made.entries.count == all.count)
            }
            let pointer = CheckpointPointer(partition: 0, offset: position, text: "text")
            series.confirm(made, metadata: pointer.text)
        }
        commit(open)
        commit(sinceBase)
        (written, lists) = (0, 0)
        for _ in 0..<100 { commit(1) }
        #expect(lists > 0 && lists <= 20)
        #expect(written < 100 * open / 15, "\(written)")
    }
}
