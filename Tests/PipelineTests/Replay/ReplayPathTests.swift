import DashStream
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Pipeline

/// The same recording gives the same bytes by every path.
@Suite struct ReplayPathTests {
    private static let runs = ["run", "mutated", "mutated-2", "real"].compactMap { folder in
        GoldenCase.all.first { $0.folder == folder }
    }

    @Test(arguments: runs)
    func versionTwoAndCompressedFilesGiveTheSame(_ golden: GoldenCase) throws {
        let plain = try Outputs(golden) { _ in }
        let folder = try TemporaryFolder()
        let second = try Recording(golden.recording).version2()
        let writer = ZstdWriter()
        let files: [(String, [UInt8])] = [
            ("v2", second), ("v2.zst", writer.frame(second)),
            ("v1.zst", writer.frame(try [UInt8](Data(contentsOf: URL(filePath: golden.recording))))),
            (
                "pieces.zst",
                stride(from: 0, to: second.count, by: 99_991).flatMap {
                    writer.frame(Array(second[$0..<min(second.count, $0 + 99_991)]))
                }
            ),
        ]
        for (name, bytes) in files {
            try Data(bytes).write(to: URL(filePath: folder.file(name)))
            #expect(try Outputs(golden) { $0.input = folder.file(name) } == plain, "\(name)")
        }
    }

    /// One MiB holds none of these runs.
    @Test(arguments: runs, [1, 2])
    func whatDoesNotFitIntoMemoryGivesTheSame(_ golden: GoldenCase, _ threads: Int) throws {
        let resident = try Outputs(golden) { _ in }
        let spilled = try Outputs(golden, budget: 1 << 20, threads: threads) { _ in }
        #expect(!resident.wasSpilled)
        #expect(spilled.wasSpilled)
        #expect(spilled == resident)
    }

    /// A pipe is read once only; beyond the budget it is read again from what was kept.
    @Test(arguments: ["1GiB", "1MiB"])
    func standardInputGivesTheSame(_ budget: String) throws {
        let golden = GoldenCase.all[0]
        let folder = try TemporaryFolder()
        let tool = try Tool(
            shell: "cat '\(golden.recording)' | \(Tool.path) replay --input - --quiet "
                + "--examples \(Fixture.path("golden/run/examples.jsonl")) --set limits.memory_budget=\(budget) "
                + "--set groups.min_usable=1 --set groups.settle=1h --out '\(folder.file("b"))' "
                + "--ledger '\(folder.file("l"))' --dlq '\(folder.file("d"))'"
        )
        #expect(tool.code == 0, "\(tool.error)")
        let plain = try Outputs(golden) { _ in }
        #expect(try folder.bytes("b") == plain.batches)
        #expect(try folder.bytes("l") == plain.ledger)
        #expect(try folder.bytes("d") == plain.dead)
    }

    /// A hundred MiB of open threads within a budget of 16: the process may not take more than that and what it always
    /// has (its data segment is limited by the system).
    @Test func memoryDoesNotGrowWithTheLog() throws {
        let folder = try TemporaryFolder()
        var trace = Trace()
        let bytes = [UInt8](repeating: 7, count: 128 << 10)
        for number in 0..<800 {
            let thread = "t\(number)"
            trace.append(thread, .event(trace.header(thread, 1), type: 1))
            let header = trace.header(thread, 2)
            trace.append(thread, .toolExecution(header, call: "c", tool: "t", stage: 1, arguments: bytes))
        }
        try trace.write(folder.file("long"))
        let run =
            "\(Tool.path) replay --input '\(folder.file("long"))' --quiet --ledger '\(folder.file("l"))' "
            + "--examples \(Fixture.path("golden/run/examples.jsonl")) --set limits.memory_budget="
        // no batch can come of it
        let bounded = try Tool(shell: "ulimit -d 98304; \(run)16MiB")
        #expect(bounded.code == 65, "\(bounded.error)")
        #expect(try folder.lines("l").count == 800)
        // the limit is one that matters
        #expect(try Tool(shell: "ulimit -d 98304; \(run)1GiB").code != 65)
    }
}
