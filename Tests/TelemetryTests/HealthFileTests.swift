import Foundation
import Telemetry
import Testing

@Suite struct HealthFileTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "health-\(UUID().uuidString)").path

    private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func aProcessIsHealthyAsLongAsItDoesTurns() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var file = try HealthFile(path: path)
        #expect(try #require(HealthFile.problem(path: path, now: 0)).contains("has not done a first turn yet"))
        file.beat(now: 1_000_000)
        #expect(HealthFile.problem(path: path, now: 1_000_500) == nil)
        #expect(HealthFile.problem(path: path, now: 1_000_000 + HealthFile.patience) == nil)
        let problem = try #require(HealthFile.problem(path: path, now: 1_075_000))
        #expect(problem.contains("the last turn was 75 s ago"))
        file.beat(now: 1_076_000)
        #expect(HealthFile.problem(path: path, now: 1_077_000) == nil)
    }

    @Test func itIsWrittenOnceASecondAtMost() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var file = try HealthFile(path: path)
        for now: Int64 in [5_000, 5_001, 5_999] { file.beat(now: now) }
        #expect(try text() == "5000\n")
        file.beat(now: 6_000)
        #expect(try text() == "6000\n")
        // the clock was set back
        file.beat(now: 3_000)
        #expect(try text() == "3000\n")
    }

    @Test func nothingIsLeftOfAnEarlierLife() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var earlier = try HealthFile(path: path)
        earlier.beat(now: 1_000)
        _ = try HealthFile(path: path)
        #expect(HealthFile.problem(path: path, now: 1_001) != nil)
    }

    @Test func whatIsNoSuchFileIsNamed() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try #require(HealthFile.problem(path: path)).contains("no such file"))
        try Data("soon\n".utf8).write(to: URL(filePath: path))
        #expect(try #require(HealthFile.problem(path: path)).contains("not a file that"))
        try Data("\(Int64.min)\n".utf8).write(to: URL(filePath: path))
        #expect(try #require(HealthFile.problem(path: path)).contains("long ago"))
        #expect(throws: (any Error).self) { try HealthFile(path: "/no/such/folder/health") }
    }
}
