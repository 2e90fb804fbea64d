import DashStream
import JSON
import TestSupport
import Testing

@testable import Reinforce

/// What a record can cause is bounded where it is caused: work, and memory that is far larger than what came in.
@Suite struct FoldBoundsTests {
    private static let size = 600_000

    /// A thread whose state holds a long document, and `nodes` nodes that each add a short message to it.
    private static func long(_ nodes: Int, document: Int = size, between: Int = 0) throws -> StageLog {
        var log = StageLog()
        var messages: [JSONValue] = []
        func state() -> [UInt8] {
            JSONValue.object(
                JSONObject([
                    ("doc", .string(Text(String(repeating: "x", count: document)))), ("messages", .array(messages)),
                ])
            ).canonicalBytes
        }
        log.start("a", at: 1, example: "e", state: String(decoding: state(), as: UTF8.self))
        var sequence: UInt64 = 1
        func next() -> UInt64 {
            sequence += 1
            return sequence
        }
        for index in 0..<nodes {
            log.append("a", next(), type: 10, at: 2)
            for _ in 0...between {
                messages.append(.integer(Int64(index)))
                let value = JSONValue.integer(Int64(index)).canonicalBytes
                let add = OutgoingMessage.Operation(op: 0, path: "/messages/-", value: value)
                log.diff("a", next(), [add], hash: sha256(state()), at: 2)
            }
            log.append("a", next(), type: 11, at: 2)
        }
        log.end("a", next(), at: 3)
        return log
    }

    private func rollout(_ log: StageLog, _ maxRolloutBytes: Int = 8 << 20) throws -> Rollout {
        var stage = try StageLog.stage {
            $0.maxRolloutBytes = maxRolloutBytes
            // its example has no label
            $0.rewards.components = []
        }
        log.read(into: &stage)
        let finished = stage.takeFinished()
        return try #require(finished.first?.rollout)
    }

    /// A few bytes of a diff ask for each sample to hold the whole document once more.
    @Test func aRolloutOfTooLargeSamplesIsExcludedAndHoldsNothing() throws {
        let rollout = try rollout(Self.long(30))
        #expect(rollout.exclusion == .tooLarge)
        #expect(rollout.reward == nil)
        #expect(rollout.tooLarge > 8 << 20)
        #expect(rollout.trajectory.nodesSeen == 30)
        #expect(rollout.trajectory.stateVerified)
        #expect(rollout.heldBytes < 10_000)
        // and so it travels
        let record = try unsafe ScoredRecord(decoding: ScoredRecord.scored(rollout).encoded().span.bytes)
        guard case .scored(let again) = record else { throw TestProblem("it is another record") }
        #expect(again.exclusion == .tooLarge)
        #expect(again.weight == 0)
    }

    @Test func aRolloutWithinTheLimitKeepsEverySample() throws {
        let rollout = try rollout(Self.long(30), 64 << 20)
        #expect(rollout.exclusion == nil)
        #expect(rollout.tooLarge == 0)
        #expect(rollout.weight == 1.0 / 30)
        let size = rollout.trajectory.sampleSize.bytes
        #expect(size > 30 * 2 * Self.size && size < 31 * 2 * Self.size)
    }

    /// A failed rollout is given to the trainer too.
    @Test func aFailedRolloutIsNotLargerThanOthers() throws {
        var log = try Self.long(30)
        log.records.removeLast()
        log.append("a", 92, type: 3, at: 4)
        #expect(try rollout(log).exclusion == .tooLarge)
    }

    /// Forty copies of a field into itself, in each of many diffs: work ends, and the state is not believed.
    @Test func copiesOfCopiesLeaveTheStateUnverified() throws {
        var log = StageLog()
        log.start("a", at: 1, example: "e", state: #"{"a":[0]}"#)
        let copies = Array(repeating: OutgoingMessage.Operation(op: 4, path: "/a/-", from: "/a"), count: 40)
        for sequence in 2..<UInt64(40) { log.diff("a", sequence, copies, hash: nil, at: 2) }
        log.end("a", 40, at: 3)
        let rollout = try rollout(log)
        #expect(rollout.exclusion == .stateUnverified)
        // what could not be applied has changed nothing
        #expect(rollout.trajectory.arena.count < 10_000)
    }

    /// The work of a whole thread is bounded too: here every diff asks for the digest of a long state.
    @Test func aThreadThatAsksForTooMuchIsNotFollowedAnyMore() throws {
        var work = StateWork()
        try work.spend(StateWork.ofThread - 1)
        #expect(!work.isSpent)
        #expect(throws: DiffFailure.tooMuchWork) { try work.spend(1) }
        #expect(work.isSpent)
        var state = ThreadState()
        let text = Array(#"{"a":1}"#.utf8)
        unsafe state.start(text.span.bytes)
        #expect(state.verified)
        state.work = work
        state.lookAtFields()
        #expect(!state.verified)
        unsafe state.start(text.span.bytes)
        #expect(!state.verified)
    }

    /// Texts of earlier states go; what samples and the state hold stays what it was.
    @Test func whatIsLeftBehindGoesAndNothingElse() throws {
        let log = try Self.long(20, document: 20_000, between: 120)
        let rollout = try rollout(log, 64 << 20)
        #expect(rollout.exclusion == nil)
        let trajectory = rollout.trajectory
        // what has been there together is more than ten times as much
        #expect(trajectory.arena.count <= 1 << 20)
        var texts: [String] = []
        for sample in rollout.samples {
            var bytes: [UInt8] = []
            SampleText(trajectory: trajectory).appendCompletion(sample, to: &bytes)
            texts.append(String(decoding: bytes, as: UTF8.self))
        }
        let expected = (0..<20).map { node in
            "messages: [" + (0...node).flatMap { Array(repeating: "\($0)", count: 121) }.joined(separator: ",") + "]"
        }
        #expect(texts == expected)
    }

    /// A thousand places that say the same are one; a thousand that differ are a conflict after a few.
    @Test func placesThatNameAPairingAreFew() throws {
        var log = StageLog()
        for sequence in 1..<UInt64(2000) { log.start("a", at: 1, example: "e", sequence: sequence) }
        for sequence in 2000..<UInt64(4000) {
            log.start("a", at: 1, example: "e", group: "\(sequence)", sequence: sequence)
        }
        var stage = try StageLog.stage()
        log.read(into: &stage)
        stage.close()
        let finished = stage.takeFinished()
        #expect(finished.first?.trajectory.places.count == 16)
        #expect(finished.first.map { LedgerEntry($0).reason } == .conflictingPairing)
    }
}

private struct TestProblem: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
