import Foundation
import JSON
import TestSupport
import Testing

/// Small inputs that once killed a tool, or gave a wrong number: `Tests/Fixtures/cases`.
@Suite struct CaseTests {
    private let folder: TemporaryFolder
    private let examples = Fixture.path("cases/examples.jsonl")

    init() throws { folder = try TemporaryFolder() }

    private func input(_ name: String) -> String { Fixture.path("cases/\(name)") }

    private func replay(_ name: String, _ more: String..., examples: String? = nil) throws -> Tool {
        try Tool(
            arguments: ["replay", "--input", input(name), "--examples", examples ?? self.examples]
                + ["--set", "groups.min_usable=1", "--set", "batches.allow_repeats=true"] + more
        )
    }

    /// The last event's header is at -2^63 µs.
    @Test func inspectTellsTimesThatAreFartherApartThanANumberHolds() throws {
        let path = folder.file("in.dsrun")
        try FileManager.default.copyItem(atPath: input("inspect-overflow/in.dsrun"), toPath: path)
        let tool = try Tool("inspect", "thread", "x1", "--input", path)
        #expect(tool.code == 0)
        #expect(tool.out.contains("−9225135720062775 ms"))
        #expect(tool.out.contains("graph_end"))
    }

    /// Rewards 5e-324 and 0.0: the step of the axis was 0.
    @Test func comparePlotsTheSmallestRewards() throws {
        let tool = try Tool(
            arguments: [
                "compare", input("compare-html/xa.yaml"), input("compare-html/xb.yaml"), "--input",
                input("compare-html/cmp.dsrun"), "--examples", examples, "--html", folder.file("x.html"),
            ]
        )
        #expect(tool.code == 0)
        let page = String(decoding: try folder.bytes("x.html"), as: UTF8.self)
        #expect(page.hasSuffix("</html>\n"))
        #expect(!page.contains("nan"))
    }

    /// 1 against 1.0, 1.0 against 1, 100 against 1e2, [0] against [-0.0].
    @Test func testOperationsCompareNumbersByTheirValue() throws {
        _ = try replay("patch-test-numbers/in.dsrun", "--ledger", folder.file("l"))
        let ledger = try folder.lines("l")
        #expect(ledger.count == 4)
        for line in ledger { #expect(line["state_verified"]?.flag == true, "\(line["thread_id"]?.text ?? "")") }
    }

    @Test func aLabelOfZeroEqualsMinusZero() throws {
        let examples = input("negative-zero-label/examples.jsonl")
        _ = try replay("negative-zero-label/in.dsrun", "--ledger", folder.file("l"), examples: examples)
        #expect(try folder.lines("l").map { $0["reward"]?.number } == [1])
    }

    @Test func recordsWithoutATimeAreCounted() throws {
        let json = try replay("clamped-not-counted/ts_m1.dsrun", "--json")
        #expect(try JSONValue(parsing: json.out)["timestamps_clamped"]?.int == 5)
        let text = try replay("clamped-not-counted/ts_m1.dsrun")
        #expect(text.error.contains("5 records have a time that cannot be believed"))
    }

    @Test func recordsOfTheFutureAreCounted() throws {
        let late = try replay("clamped-not-counted/ts_max.dsrun", "--json", "--as-of", "2025-11-21T01:00:00Z")
        #expect(try JSONValue(parsing: late.out)["timestamps_clamped"]?.int == 5)
        // nothing is ahead of a time that was not given
        let any = try replay("clamped-not-counted/ts_max.dsrun", "--json")
        #expect(try JSONValue(parsing: any.out)["timestamps_clamped"]?.int == 0)
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        #expect(try replay("messages/four.dsrun", "--quiet", examples: input("messages/bom.jsonl")).code == 0)
    }
}
