import JSON
import Testing

@testable import Reinforce

@Suite("Records of the rewards topic")
struct RewardRecordTests {
    private static let key = ThreadKey(tenant: "t", thread: "a")

    private func record(_ value: Double?, _ component: Text = "judge", decidedAt: Int64? = nil) -> RewardRecord {
        let answer = RewardAnswer(value: value, status: value == nil ? .timeout : .ok, evaluator: "e", version: 2)
        return RewardRecord(Self.key, component: component, answer, decidedAt: decidedAt)
    }

    @Test("What is written is read back")
    func roundTrip() throws {
        let answer = RewardAnswer(
            value: 0.25,
            status: .ok,
            evaluator: "judge \"x\"",
            version: 3,
            duration: 1200,
            explanation: "line\nline",
            at: 1_700_000_000_000_000
        )
        let record = RewardRecord(Self.key, component: "judge", answer, decidedAt: 77)
        #expect(try RewardRecord(record.json) == record)
        let silent = RewardRecord(Self.key, component: "judge", RewardAnswer(value: nil, status: .timeout))
        #expect(try RewardRecord(silent.json) == silent)
    }

    @Test("A person needs to write little")
    func short() throws {
        let record = try RewardRecord(Array(#"{"tenant_id":"t","component":"human","value":1}"#.utf8), recordKey: "a")
        #expect(record == RewardRecord(Self.key, component: "human", RewardAnswer(value: 1, status: .ok)))
    }

    @Test(
        "What is no record says why",
        arguments: [
            ("{", "does not parse"), ("[]", "no"), (#"{"thread_id":"a","component":"c","value":1}"#, "`tenant_id`"),
            (#"{"tenant_id":"t","component":"c","value":1}"#, "`thread_id`"),
            (#"{"tenant_id":"t","thread_id":"a","value":1}"#, "`component`"),
            (#"{"tenant_id":"t","thread_id":"a","component":"c"}"#, "`value`"),
            (#"{"tenant_id":"t","thread_id":"a","component":"c","value":"1"}"#, "`value`"),
            (#"{"tenant_id":"t","thread_id":"a","component":"c","value":1,"status":"fine"}"#, "`fine`"),
            (#"{"tenant_id":"t","thread_id":"a","component":"c","value":null,"status":"ok"}"#, "without a value"),
            (#"{"tenant_id":"t","thread_id":"a","component":"c","value":1,"duration_ms":"x"}"#, "`duration_ms`"),
        ]
    )
    func broken(_ text: String, _ reason: String) {
        let problem = #expect(throws: RewardRecordProblem.self) { try RewardRecord(Array(text.utf8)) }
        #expect(problem?.description.contains(reason) == true)
    }

    @Test("Before a rollout is scored, the last record counts")
    func last() {
        var records = RewardRecords()
        #expect(records.insert(record(1)) == .counts)
        #expect(records.insert(record(1)) == .same)
        #expect(records.insert(record(0.5)) == .counts)
        #expect(records.answer(Self.key, "judge")?.value == 0.5)
        #expect(records.answer(Self.key, "other") == nil)
    }

    @Test("What a rollout was scored by stays, whatever comes later; a later other value is late")
    func decided() {
        var records = RewardRecords()
        records.insert(record(1))
        records.insert(record(nil, decidedAt: 5))
        #expect(records.insert(record(1)) == .late)
        #expect(records.answer(Self.key, "judge")?.status == .timeout)
        #expect(records.answer(Self.key, "judge")?.decidedAt == 5)
        #expect(records.late == 1)
        records.prefersLatest = true
        #expect(records.answer(Self.key, "judge")?.value == 1)
    }

    @Test("A record from long before the thread is another thread's")
    func old() {
        var records = RewardRecords()
        records.insert(record(1), time: 1000)
        #expect(records.answer(Self.key, "judge", from: 1001) == nil)
        #expect(records.answer(Self.key, "judge", from: 1000)?.value == 1)
    }

    @Test("A file tells every line that is wrong")
    func file() {
        let text = #"{"tenant_id":"t","thread_id":"a","component":"judge","value":1}"# + "\n\n{\n"
        let (records, problems) = RewardRecords.read(lines: Array(text.utf8))
        #expect(records.count == 1)
        #expect(problems.map(\.line) == [3])
    }
}
