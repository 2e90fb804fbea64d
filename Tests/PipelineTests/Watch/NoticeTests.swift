import DashStream
import Foundation
import Reinforce
import Synchronization
import Telemetry
import Testing

@testable import Pipeline

@Suite struct NoticeTests {
    @Test func everyReasonSaysWhatItMeansAndWhatToDo() {
        #expect(Set(NoticeReason.all).count == NoticeReason.all.count)
        #expect(NoticeReason.all.count == ExclusionReason.allCases.count + PoisonReason.allCases.count + 9)
        for reason in NoticeReason.all {
            #expect(!reason.meaning.isEmpty && !reason.remedy.isEmpty, "\(reason)")
            #expect(!reason.meaning.hasSuffix(".") && !reason.remedy.hasSuffix("."), "\(reason)")
        }
    }

    /// `DASH_UPDATE_DOCS=1 swift test` writes the table.
    @Test func theDocumentationHoldsTheTable() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/operations.md")
        var text = try String(contentsOf: file, encoding: .utf8)
        let head = "| kind | reason | meaning | what to do |\n"
        let start = try #require(text.range(of: head))
        let end = text.range(of: "\n\n", range: start.upperBound..<text.endIndex)?.lowerBound ?? text.endIndex
        if ProcessInfo.processInfo.environment["DASH_UPDATE_DOCS"] == "1" {
            text.replaceSubrange(start.lowerBound..<end, with: NoticeReason.documentation.dropLast())
            try Data(text.utf8).write(to: file)
        }
        #expect(
            text.contains(NoticeReason.documentation),
            "DASH_UPDATE_DOCS=1 swift test --filter NoticeTests writes it"
        )
    }

    private func tally(_ count: Int, _ thread: String = "t-1") -> NoticeTally {
        var tally = NoticeTally()
        for number in 0..<count {
            tally.note(.excluded(.unknownExample)) {
                NoticeSample().with("thread", number == 0 ? thread : "another").with("tenant", "demo")
                    .at("events", 2, 48).with("example", "ex-51")
            }
        }
        return tally
    }

    private func written(_ format: LogFormat, _ notices: [Notices.Notice]) -> [String] {
        let lines = Mutex<[String]>([])
        let log = Logger(format: format, now: { 0 }) { bytes in
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        for notice in notices { notice.write(to: log) }
        return lines.withLock { $0 }
    }

    @Test func twoHundredThreadsAreOneWarningWithOneExample() {
        var notices = Notices()
        notices.add(tally(200))
        let due = notices.due(at: 0)
        #expect(
            written(.text, due) == [
                "1970-01-01T00:00:00.000Z warning excluded: unknown_example: the example that the thread names is not among "
                    + "the training examples count=200 thread=t-1 tenant=demo at=events[2]@48 example=ex-51 do=\"add it to "
                    + "`examples.file` or to the examples topic, or correct `example_id` in the agents\"\n"
            ]
        )
        #expect(
            due.map(\.text) == [
                "warning: 200 threads, excluded: unknown_example: the example that the thread names is not among the "
                    + "training examples\n  first: thread t-1, tenant demo, at events[2]@48, example ex-51\n"
                    + "  → add it to `examples.file` or to the examples topic, or correct `example_id` in the agents\n"
            ]
        )
        notices.add(tally(35))
        #expect(notices.due(at: 59_999).isEmpty)
        #expect(
            written(.text, notices.due(at: 60_000)) == [
                "1970-01-01T00:00:00.000Z warning excluded, still: unknown_example count=35 total=235\n"
            ]
        )
    }

    @Test func programsGetReasonAndKindApart() throws {
        var notices = Notices()
        notices.add(tally(1))
        let line = try #require(written(.json, notices.due(at: 0)).first)
        #expect(line.contains(#""kind":"excluded","reason":"unknown_example","count":1,"thread":"t-1""#))
    }

    @Test func idsCannotDriveATerminal() {
        var notices = Notices()
        notices.add(tally(1, "\u{1B}[31mred\n\u{202E}" + String(repeating: "x", count: 100_000)))
        let due = notices.due(at: 0)
        for text in written(.text, due) + written(.json, due) + due.map(\.text) {
            #expect(text.utf8.count < 1200)
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
        }
        #expect(written(.text, due).joined().filter { $0 == "\n" }.count == 1)
    }

    @Test func talliesAddUpAndKeepTheFirst() {
        var sum = tally(3)
        sum.add(tally(4, "later"))
        #expect(sum.count(.excluded(.unknownExample)) == 7)
        #expect(sum.entries[.excluded(.unknownExample)]?.sample?.facts.first?.text == "t-1")
    }

    @Test func whatWasToldBeforeIsNotToldAgain() {
        var told = tally(5)
        #expect(tally(3).beyond(&told).isEmpty)
        #expect(tally(4).beyond(&told).count(.excluded(.unknownExample)) == 2)
        #expect(tally(4).beyond(&told).count(.excluded(.unknownExample)) == 4)
    }
}
