import KafkaTestSupport
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// `topics.policy`: groups of older policies than it tells are stale.
@Suite(.waits) struct PolicyTopicTests {
    @Test(arguments: [(3, "excluded stale"), (4, "trained ")])
    func aGroupIsComparedWithTheVersionThatIsTold(_ maxStaleness: Int, _ fate: String) throws {
        try check(SmallStream(), maxStaleness, fate)
    }

    @Test(.enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
    func besideARealKafkaToo() throws {
        let kafka = try RealKafka.reused()
        try check(SmallStream(on: kafka), 3, "excluded stale")
    }

    /// Two threads of policy 1 in a group; the topic tells 5, and things that are no version.
    private func check(_ stream: SmallStream, _ maxStaleness: Int, _ fate: String) throws {
        let told = ["{\"policy_version\":2}", "17", "{\"policy_version\":\"5\"}", "nothing"]
        try stream.fill("policy", told, at: 1_699_999_999_000)
        stream.settings.topics.policy = "policy"
        stream.settings.groups.maxStaleness = maxStaleness
        var trace = Trace()
        trace.thread("a", example: "e", group: "g", slot: 0, of: 2, answer: "right")
        trace.thread("b", example: "e", group: "g", slot: 1, of: 2, answer: "wrong")
        #expect(try stream.run(trace, threads: 2).fates == [fate, fate])
        // those that tell nothing are said once for each row of them
        #expect(stream.lines.withLock { lines in lines.count { $0.contains("tells no version") } } == 2)
    }
}
