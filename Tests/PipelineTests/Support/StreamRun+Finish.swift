import JSON
import TestSupport

@testable import Pipeline

extension StreamRun {
    /// Lines of the ledger for each thread, by tenant and thread.
    func fates() throws -> [String: Int] { Self.fates(try read("ledger").map { try JSONValue(parsing: $0.value) }) }

    private static func fates(_ lines: [JSONValue]) -> [String: Int] {
        var count: [String: Int] = [:]
        for line in lines {
            count["\(line["tenant_id"]?.text ?? "")/\(line["thread_id"]?.text ?? "")", default: 0] += 1
        }
        return count
    }

    /// Works until every thread has its line in the ledger. Quiet alone is not enough: what has left the first stage and has
    /// not come to the second is open in neither.
    ///
    /// - Parameter threads: how many there are; nil: those of the golden recording.
    @discardableResult func finish(threads: Int? = nil) throws -> StreamProcessor {
        let all = try threads ?? goldenThreads()
        return try process(FastClock(step: 200)) { $0.isQuiet && self.hasFates(all) }
    }

    /// So many threads have their line in the ledger.
    func hasFates(_ threads: Int) -> Bool { ((try? fates().count) ?? 0) >= threads }

    /// Threads of the golden recording.
    func goldenThreads() throws -> Int {
        let folder = try TemporaryFolder()
        _ = try Replay(try golden.options(folder)).run()
        return Self.fates(try folder.lines("ledger.jsonl")).count
    }
}
