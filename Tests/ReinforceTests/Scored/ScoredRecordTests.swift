import JSON
import TestSupport
import Testing

@testable import Reinforce

/// Records between the stages: what is written is read back, what is damaged is refused.
@Suite struct ScoredRecordTests {
    private static let thread = ThreadKey(tenant: "acme", thread: "r-1")

    private static func pairing(slot: Int = 3, size: Int = 4) -> Pairing {
        Pairing(
            exampleID: "e",
            groupID: "g",
            rolloutIndex: slot,
            groupSize: size,
            policyVersion: "7",
            attempt: 2,
            runID: "",
            trainable: false
        )
    }

    /// Every field holds something that is not its default.
    static let rollout: Rollout = {
        var trajectory = Trajectory(
            key: thread,
            outcome: .failed,
            source: SourceRange(partition: 5, firstOffset: 1 << 40, lastOffset: 1 << 41),
            entry: OpenEntry(first: RestorePlan.First(offset: 1 << 40, index: 9))
        )
        trajectory.hasStart = true
        trajectory.arena = Array("nodekey\"value\"".utf8)
        trajectory.fields = [
            SampleField(name: ByteRange(4, 7), value: ByteRange(7, 14)),
            SampleField(name: ByteRange(0, 4), value: ByteRange(7, 14)),
        ]
        trajectory.finalFields = [SampleField(name: ByteRange(4, 7), value: ByteRange(7, 14))]
        trajectory.nodes = [
            NodeExecution(
                node: ByteRange(0, 4),
                startSequence: .max,
                endSequence: 12,
                duration: -1,
                startedAt: -5,
                endedAt: 6,
                visit: 1,
                isSample: true,
                inputs: ByteRange(0, 1),
                outputs: ByteRange(1, 2),
                removed: ByteRange(2, 2),
                request: 1,
                rewards: [TraceReward(name: "", value: -0.0), TraceReward(name: "step", value: 0.5)]
            )
        ]
        trajectory.calls = [ModelCall(), madeCall]
        trajectory.hasState = true
        trajectory.stateVerified = true
        trajectory.resyncs = 1
        trajectory.finalStateDigest = [1, 2, 3]
        trajectory.finalIsObject = true
        trajectory.duplicates = 2
        trajectory.late = 3
        trajectory.missing = .max
        trajectory.missingSequences = [4, 1 << 50]
        trajectory.reordered = true
        trajectory.toolCalls = 5
        trajectory.toolFailures = 1
        trajectory.nodesSeen = 7
        trajectory.startedAt = -1_763_971_200_000_000
        trajectory.endedAt = 1_763_971_200_000_001
        trajectory.claimTime = 1_763_971_200_000
        trajectory.decisionTime = -1
        trajectory.traceparent = "00-état"
        var vectors = LearningVectors()
        vectors.queryEmbedding = [0, -1.5, .infinity]
        vectors.quality = 0
        vectors.route = "r/1"
        vectors.nodes = [.init(activations: [], reward: 0), .init(activations: [1, 2], reward: nil)]
        trajectory.learning = vectors
        let values = [
            RewardValue(
                name: "match",
                weight: -0.5,
                value: .nan,
                status: .ok,
                source: RewardSaying(evaluator: "é", version: 1 << 31, duration: 1 << 40, explanation: "")
            ),
            RewardValue(
                name: "",
                weight: 0,
                value: nil,
                status: .timeout,
                source: RewardSaying(evaluator: "", version: 0, duration: 0, explanation: nil)
            ),
            RewardValue(name: "x", weight: 1, value: -0.0, status: .error),
        ]
        return Rollout(trajectory, pairing(), (.success(0), values))
    }()

    private static var madeCall: ModelCall {
        var message = CallMessage()
        message.role = ByteRange(0, 4)
        message.kind = .parts
        message.content = ByteRange(7, 14)
        message.isToolResponse = true
        message.name = ByteRange(4, 7)
        message.toolCalls = ByteRange(7, 14)
        message.toolCallID = .empty
        message.reasoning = ByteRange(0, 14)
        var call = ModelCall()
        call.request = "r"
        call.node = ""
        call.visit = 0
        call.status = .incomplete
        call.isForeign = true
        call.role = "planner"
        call.model = ""
        call.prompt = [PromptRun(isShared: true, start: 0, count: 9), PromptRun(isShared: false, start: 0, count: 2)]
        call.messages = [message, CallMessage()]
        call.completion = message
        call.tools = ByteRange(7, 14)
        call.finishReason = ""
        call.promptTokenIDs = [1, .max]
        call.tokenIDs = [0, 300]
        call.logprobs = [-0.5, -.infinity]
        call.lossMask = [0, 1]
        call.problem = .messages
        call.tokenizer = "bytes"
        call.temperature = 0
        call.topP = 1
        call.policyVersion = "8"
        call.inputTokens = 0
        call.outputTokens = .max
        call.startedAt = .min
        call.endedAt = 0
        call.rewards = [TraceReward(name: "", value: -0.0)]
        return call
    }

    static let records: [ScoredRecord] = [
        .claim(GroupClaim(thread, pairing(), time: -4)),
        .withdrawal(ClaimWithdrawal(thread, groupID: "g")),
        .scored(rollout),
        .scored(Rollout(rollout.trajectory, pairing(), (.failure(Exclusion(.stateUnverified)), []))),
        .time(SourceTime(TimeSource(topic: "events", partition: 3), time: 0, isIdle: true)),
        .time(SourceTime(TimeSource(topic: "events", partition: 0), time: nil, isIdle: false)),
    ]

    private static func decode(_ bytes: [UInt8]) throws(ScoredProblem) -> ScoredRecord {
        try unsafe ScoredRecord(decoding: bytes.span.bytes)
    }

    @Test(arguments: records.indices)
    func everyFieldComesBack(_ index: Int) throws {
        let record = Self.records[index]
        let found = try Self.decode(record.encoded())
        #expect(String(reflecting: Mirrored(found)) == String(reflecting: Mirrored(record)))
        #expect(found.encoded() == record.encoded())
        #expect(found.groupKey == record.groupKey)
    }

    @Test func aGroupIsKeyedByTenantAndName() {
        #expect(Self.records[0].kafkaKey == Array("acme/g".utf8))
        #expect(Self.records[2].kafkaKey == Self.records[1].kafkaKey)
        #expect(Self.records[4].kafkaKey == nil)
    }

    @Test func aRecordThatIsCutAnywhereIsRefused() {
        for record in Self.records {
            let bytes = record.encoded()
            for count in 0..<bytes.count {
                #expect(throws: ScoredProblem.self) { try Self.decode(Array(bytes.prefix(count))) }
            }
        }
    }

    @Test func noDamageIsMoreThanAnError() throws {
        var random = SeededNumbers(seed: 1)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = random.pick(Self.records).encoded()
            for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            guard let record = try? Self.decode(bytes) else {
                refused += 1
                continue
            }
            // what is accepted can be used: no range reaches beyond its text
            guard case .scored(let rollout) = record else { continue }
            let text = SampleText(trajectory: rollout.trajectory)
            var written: [UInt8] = []
            for node in rollout.samples {
                text.appendPrompt(node, to: &written)
                text.appendCompletion(node, to: &written)
            }
            #expect(rollout.responseBytes >= 0)
        }
        #expect(refused > 1000)
    }

    @Test func problemsSayWhatAndWhere() throws {
        let slot = GroupClaim(Self.thread, Self.pairing(slot: 4, size: 4), time: 1)
        let problem = try #require(throws: ScoredProblem.self) { try Self.decode(slot.encoded()) }
        #expect(problem.description == "scored record: Claim has slot 4 of 4, at byte 30")
        let unknown = try #require(throws: ScoredProblem.self) { try Self.decode([0x2A, 0]) }
        #expect(unknown.message == "ScoredRecord has a field 5, which this version does not know")
        let empty = try #require(throws: ScoredProblem.self) { try Self.decode([]) }
        #expect(empty.message == "ScoredRecord says nothing")
        let wire = try #require(throws: ScoredProblem.self) { try Self.decode([0x08, 1]) }
        #expect(wire.message == "ScoredRecord has field 1 with wire type 0, not 2")
    }

    @Test func aClockComesBackFromACheckpoint() throws {
        var clock = StreamClock(from: 1 << 40)
        for index in 0..<40 {
            let source = TimeSource(topic: index % 3 == 0 ? "a" : "b", partition: Int32(index % 7))
            let time = index % 5 == 4 ? nil : Int64(1_763_971_200_000 + 1000 * index)
            let said = SourceTime(source, time: time, isIdle: index % 4 == 0)
            clock.receive(said, at: 1 << 40 + Int64(index), required: [], memory: 9000)
            #expect(StreamClock(decoding: clock.encoded) == clock)
        }
        #expect(clock.time != nil)
        #expect(clock.encoded.count < 160)
        #expect(StreamClock(decoding: Array(clock.encoded.dropLast())) == nil)
        #expect(StreamClock(decoding: clock.encoded + [0]) == nil)
        #expect(StreamClock(decoding: []) == nil)
    }
}

/// A record's content without object identity.
private struct Mirrored {
    let parts: [Any]

    init(_ record: ScoredRecord) {
        switch record {
        case .claim(let claim): parts = [claim]
        case .withdrawal(let withdrawal): parts = [withdrawal]
        case .time(let time): parts = [time]
        case .scored(let rollout):
            parts = [
                rollout.key, rollout.pairing, rollout.reward as Any, rollout.rewards, rollout.exclusion as Any,
                rollout.trajectory,
            ]
        }
    }
}
