import JSON
import Testing

@testable import Reinforce

@Suite("Records of the rewards topic about whole groups")
struct GroupRewardRecordTests {
    private static let key = GroupKey(tenant: "t", group: "g")

    @Test("What is written is read back, and the kinds are told apart")
    func roundTrip() throws {
        let answer = GroupAnswer(
            values: ["a": 0.25, "b": nil],
            RewardAnswer(
                value: nil,
                status: .ok,
                evaluator: "judge",
                version: 3,
                duration: 1200,
                explanation: "a line",
                at: 5
            )
        )
        let record = GroupRewardRecord(Self.key, component: "best", answer, decidedAt: 77)
        #expect(try RewardLine(record.json) == .group(record))
        let text = String(decoding: record.json, as: UTF8.self)
        #expect(text.contains(#""group_id":"g""#) && text.contains(#""values":{"a":0.25,"b":null}"#))
        let single = RewardRecord(
            ThreadKey(tenant: "t", thread: "a"),
            component: "c",
            RewardAnswer(value: 1, status: .ok)
        )
        #expect(try RewardLine(single.json) == .rollout(single))
        #expect(record.record(of: ThreadKey(tenant: "t", thread: "b"))?.answer.status == RewardValue.Status.none)
        #expect(record.record(of: ThreadKey(tenant: "t", thread: "c")) == nil)
    }

    @Test(
        "What is no record says why",
        arguments: [
            (#"{"group_id":"g","component":"c","values":{}}"#, "`tenant_id`"),
            (#"{"tenant_id":"t","component":"c","values":{}}"#, "`group_id`"),
            (#"{"tenant_id":"t","group_id":"g","values":{}}"#, "`component`"),
            (#"{"tenant_id":"t","group_id":"g","component":"c","values":[1]}"#, "`values`"),
            (#"{"tenant_id":"t","group_id":"g","component":"c","values":{"x":"1"}}"#, "`x`"),
            (#"{"tenant_id":"t","group_id":"g","component":"c","values":{"x":1e999}}"#, "reward record"),
            (#"{"tenant_id":"t","group_id":"g","component":"c","values":{},"status":"fine"}"#, "`fine`"),
            (#"{"tenant_id":"t","group_id":"g","component":"c","values":{},"at_us":"x"}"#, "`at_us`"),
        ]
    )
    func broken(_ text: String, _ reason: String) {
        let problem = #expect(throws: RewardRecordProblem.self) { try RewardLine(Array(text.utf8)) }
        #expect(problem?.description.contains(reason) == true)
    }

    @Test("A file may hold both kinds")
    func file() {
        let text = """
            {"tenant_id":"t","group_id":"g","component":"best","values":{"a":1}}
            {"tenant_id":"t","thread_id":"a","component":"c","value":1}
            {"tenant_id":"t","component":"best","values":{"a":1}}
            """
        let (records, problems) = RewardRecords.read(lines: Array(text.utf8))
        #expect(records.answers(Self.key)["best"]?.values == ["a": 1])
        #expect(records.count == 1)
        #expect(problems.map(\.line) == [3])
    }
}
