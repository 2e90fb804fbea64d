import EmbeddedKafka
import Foundation
import JSON
import Kafka
import Settings
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Recordings

/// What still cannot be decoded would become a dead letter again at once: it is sent back only on request.
@Suite(.waits) struct DeadLetterWarningTests {
    private let folder: TemporaryFolder
    private let golden = GoldenCase.all[0]

    init() throws {
        folder = try TemporaryFolder()
        _ = try Replay(try golden.options(folder)).run()
    }

    private func replay(_ cluster: MockCluster, _ more: String...) throws -> Tool {
        try Tool(
            arguments: ["dlq", "replay", "--brokers", cluster.bootstrapServers, "--dlq", folder.file("dead.jsonl")]
                + more
        )
    }

    private func count(_ cluster: MockCluster) throws -> Int {
        var count = 0
        try LogSource.topics(TopicRange(cluster.configuration, topics: ["dashstream-events"])).forEach { _ in count += 1
        }
        return count
    }

    @Test func nothingIsSentBeforeItIsSaidSo() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("dashstream-events", partitions: 4)
        let refused = try replay(cluster)
        #expect(refused.code == 64)
        #expect(
            refused.error.contains("nothing was sent: 20 of 20 dead letters still cannot be decoded"),
            "\(refused.error)"
        )
        #expect(refused.error.contains("--yes"))
        #expect(try count(cluster) == 0)
        let counted = try replay(cluster, "--dry-run")
        #expect(counted.code == 0)
        #expect(counted.out.contains("20 of them still cannot be decoded"), "\(counted.out)")
        #expect(try count(cluster) == 0)
        let sent = try replay(cluster, "--yes", "--json")
        #expect(sent.code == 0)
        let value = try JSONValue(parsing: Array(sent.out.utf8))
        #expect(value["sent"]?.int == 20)
        #expect(value["unreadable"]?["schema_error"]?.int == value["reasons"]?["schema_error"]?.int)
        #expect(try count(cluster) == 20)
    }

    /// The reason may be gone by now: a schema that is read today.
    @Test func whatCanBeDecodedByNowIsSentWithoutMore() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("dashstream-events", partitions: 4)
        let only = ["--filter", "reason=schema_error"]
        #expect(try replay(cluster, only[0], only[1]).code == 64)
        let policies = try ["forward", "backward"].map { policy in
            try replay(cluster, only[0], only[1], "--dry-run", "--json", "--set", "schema.policy=\(policy)")
        }
        let fewer = try policies.map {
            try JSONValue(parsing: Array($0.out.utf8))["unreadable"]?["schema_error"]?.int ?? 0
        }
        #expect(fewer.contains { $0 < 5 }, "\(fewer)")
    }
}
