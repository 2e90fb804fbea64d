import Kafka
import Testing

@testable import Pipeline
@testable import Problems

/// When to go on with new clients, and when there is nothing to hope for.
@Suite(.waits) struct SessionRecoveryTests {
    private let fence = KafkaError(
        code: .fencedInstance,
        name: "FENCED_INSTANCE_ID",
        recovery: .recreateClient,
        message: "fenced",
        operation: "read"
    )
    private let silence = KafkaError(.timedOut, "read", "no answer")
    private let rival = GroupMemberDescription(clientID: "other", instanceID: "one", host: "10.0.0.7")

    private typealias Step = SessionRecovery.Step

    private func ended(_ state: inout SessionRecovery, _ end: SessionEnd) -> Step { state.ended(end) }
    private func looked(_ state: inout SessionRecovery, _ view: SessionRecovery.View, at now: Int64) -> Step {
        state.looked(view, at: now)
    }

    /// The brokers took us for somebody else: nobody has our name, so we go on at once.
    @Test func whoIsFencedByItselfJoinsAnew() {
        var state = SessionRecovery(sessionTimeout: 10_000)
        #expect(ended(&state, .fenced(fence)) == .look(after: 500))
        #expect(looked(&state, .nobody, at: 500) == .join(after: 500))
    }

    /// A member that died is gone after its session; one that is seen for longer is alive.
    @Test func onlyARivalThatStaysEndsTheProcess() {
        var state = SessionRecovery(sessionTimeout: 10_000)
        _ = state.ended(.fenced(fence))
        for now in stride(from: Int64(0), through: 15_000, by: 1000) {
            #expect(looked(&state, .other(rival), at: now) == .look(after: 1000))
        }
        #expect(looked(&state, .other(rival), at: 15_001) == .giveUp(.rival(rival)))
        var luckier = SessionRecovery(sessionTimeout: 10_000)
        _ = luckier.ended(.fenced(fence))
        #expect(looked(&luckier, .other(rival), at: 0) == .look(after: 1000))
        #expect(looked(&luckier, .nobody, at: 9000) == .join(after: 500))
    }

    /// While the brokers stand still nobody's session ends: the wait begins again.
    @Test func aRivalMustBeSeenWithoutABreak() {
        var state = SessionRecovery(sessionTimeout: 10_000)
        _ = state.ended(.fenced(fence))
        #expect(looked(&state, .other(rival), at: 0) == .look(after: 1000))
        #expect(looked(&state, .unanswered, at: 14_000) == .look(after: 1000))
        #expect(looked(&state, .other(rival), at: 90_000) == .look(after: 1000))
        #expect(looked(&state, .other(rival), at: 100_000) == .look(after: 1000))
        #expect(looked(&state, .other(rival), at: 105_001) == .giveUp(.rival(rival)))
    }

    /// However long the brokers do not answer, the process waits; ever less often.
    @Test func silenceIsWaitedFor() {
        var state = SessionRecovery(sessionTimeout: 10_000)
        var pauses: [Int64] = []
        for _ in 0..<1000 {
            guard case .join(let pause) = state.ended(.unanswered(silence)) else {
                Issue.record("it gave up")
                return
            }
            pauses.append(pause)
        }
        #expect(pauses.prefix(7) == [500, 1000, 2000, 4000, 8000, 10_000, 10_000])
        #expect(pauses.allSatisfy { $0 <= 10_000 })
        for _ in 0..<1000 { #expect(ended(&state, .lost("no member")) == .join(after: 10_000)) }
    }

    /// Nobody tells who it is, and it goes on: the sixth time without a commit between is one too many.
    @Test func whoIsFencedOverAndOverGivesUp() {
        var state = SessionRecovery(sessionTimeout: 10_000)
        for _ in 0..<5 {
            #expect(ended(&state, .fenced(fence)) == .look(after: 500))
            guard case .join = state.looked(.hidden, at: 0) else {
                Issue.record("it did not join")
                return
            }
        }
        #expect(ended(&state, .fenced(fence)) == .giveUp(.unseenRival(fence)))
    }

    @Test func clientsThatFailOverAndOverEndTheProcess() {
        let broken = KafkaError(.invalidArgument, "read", "broken")
        var state = SessionRecovery(sessionTimeout: 10_000)
        for _ in 0..<5 {
            guard case .join = state.ended(.failed(broken)) else {
                Issue.record("it gave up")
                return
            }
        }
        #expect(ended(&state, .failed(broken)) == .giveUp(.failing(broken)))
    }

    /// Any number of pauses in a day: a commit between them begins the count again.
    @Test func aCommitBeginsTheCountAgain() {
        var state = SessionRecovery(sessionTimeout: 10_000)
        for _ in 0..<100 {
            #expect(ended(&state, .fenced(fence)) == .look(after: 500))
            #expect(looked(&state, .nobody, at: 0) == .join(after: 500))
            state.worked()
        }
    }

    @Test func errorsSayWhatTheyAre() {
        #expect(SessionEnd(fence) == .fenced(fence))
        #expect(SessionEnd(silence) == .unanswered(silence))
        let late = KafkaError(.maxPollExceeded, "read", "too slow")
        #expect(SessionEnd(late) == .failed(late))
        let denied = KafkaError(.groupNotAllowed, "read", "no")
        #expect(SessionEnd(denied) == nil)
        #expect(SessionEnd(PipelineProblem(.usage, "no")) == nil)
    }
}
