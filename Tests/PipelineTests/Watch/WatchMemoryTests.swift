import CMalloc
import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Reinforce
@testable import Watch

/// What is kept for people who watch, after a day of much work.
@Suite struct WatchMemoryTests {
    #if os(Linux)
        /// In a process of its own: what others allocate meanwhile would count.
        @Test func aDayOfTenThousandGroupsAnHourTakesNoMoreThan64MiB() async {
            await #expect(processExitsWith: .success) {
                let before = cmalloc_bytes_in_use()
                let book = try WatchMemoryTests.day(groupsAnHour: 10_000)
                #expect(book.shelf.count == 240_000)
                // more would fit: the bound is what is looked at
                #expect(book.shelf.bytes > 32 << 20)
                #expect(book.sums.tenants.count <= 201 && book.sums.examples.count == 600)
                let held = cmalloc_bytes_in_use() - before
                let said = "\(held >> 20) MiB are held, \(book.shelf.bytes >> 20) MiB counted"
                #expect(held > 32 << 20 && held <= 64 << 20, "\(said)")
            }
        }
    #endif

    /// 600 groups of four long rollouts each, of as many tenants and examples, come again and again.
    static func day(groupsAnHour: Int) throws -> WatchBook {
        let groups = try groups()
        var book = WatchBook()
        var totals = WatchTotals()
        for number in 0..<(24 * groupsAnHour) {
            let now = Int64(number) * 3_600_000 / Int64(groupsAnHour)
            totals.records += 20
            totals.batches += 1
            book.add([WatchedGroup(groups[number % groups.count], batch: "b\(number)")], at: now, commit: 20)
            book.note(totals, at: now)
        }
        return book
    }

    private static func groups() throws -> [DecidedGroup] {
        let folder = try TemporaryFolder()
        var trace = Trace()
        var lines: [String] = []
        for number in 0..<600 {
            lines.append(
                #"{"example_id":"e\#(number)","data":{"question":"q","answer":"a"},"input_keys":["question"]}"#
            )
            for slot in 0..<4 {
                let text = String(repeating: "\(number) \(slot) ", count: 6000)
                trace.thread(
                    "t\(number)-\(slot)",
                    example: "e\(number)",
                    group: "g\(number)",
                    slot: slot,
                    of: 4,
                    answer: slot == 0 ? "a" : "b",
                    extra: [("notes", .string(Text(text)))],
                    tenant: "tenant-\(number)"
                )
            }
        }
        try trace.write(folder.file("run"))
        let (table, _) = ExampleTable.read(lines: Array(lines.joined(separator: "\n").utf8))
        let replay = Replay(ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow))
        let seen = Seen()
        replay.observer = seen
        _ = try replay.run()
        guard seen.groups.count == 600 else { throw PipelineProblem(.internal, "\(seen.groups.count) groups") }
        return seen.groups
    }

    private final class Seen: ReplayObserver {
        var groups: [DecidedGroup] = []
        func decided(_ group: DecidedGroup, _ policies: PolicyHistory) { groups.append(group) }
        func ended(_ group: DecidedGroup, _ reason: ExclusionReason?) {}
        func ended(_ entry: LedgerEntry) {}
    }
}
