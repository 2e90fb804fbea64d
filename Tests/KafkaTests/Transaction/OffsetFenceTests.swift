import Testing

@testable import Kafka

/// Each new instance begins with a transaction on the group's offsets that it aborts.
@Suite struct OffsetFenceTests {
    private let retry = TransactionStateTests.error(.retry)
    private let refused = TransactionStateTests.error(.abortTransaction, code: 24)
    private let notAllowed = TransactionStateTests.error(.abortTransaction, code: 30)
    private let fatal = TransactionStateTests.error(.recreateClient, code: -144)

    /// A machine whose first instance has begun its fence at 0.
    private func begun() -> TransactionState {
        var state = TransactionState(fences: true)
        _ = state.prepare(at: 0)
        _ = state.initialized(nil, at: 0)
        _ = state.began(nil, at: 0)
        return state
    }

    /// The next instance, up to its fence.
    private func anotherBegins(_ state: inout TransactionState, at now: Int64) {
        #expect(state.replaced(nil, at: now) == .initialize(after: 100))
        #expect(state.initialized(nil, at: now) == .begin)
        #expect(state.began(nil, at: now) == .sendOffsets(after: 0))
    }

    @Test func itIsSentAndAbortedBeforeAnythingElse() {
        var state = TransactionState(fences: true)
        #expect(state.start(reports: true, at: 0) == .initialize(after: 0))
        #expect(state.initialized(nil, at: 1) == .begin)
        #expect(state.began(nil, at: 1) == .sendOffsets(after: 0))
        #expect(state.offsetsSent(nil, undelivered: nil, at: 2) == .abort(after: 0))
        // and then what was wanted
        #expect(state.aborted(nil, unsure: false, at: 3) == .askGroup)
        #expect(state.asked(isMember: true, at: 3) == .begin)
        #expect(state.began(nil, at: 3) == .produce(after: 0))
        #expect(state.counts == TransactionCounts())
    }

    @Test func aDoubtIsSettledBehindIt() {
        var state = begun()
        _ = state.offsetsSent(nil, undelivered: nil, at: 0)
        #expect(state.aborted(nil, unsure: false, at: 0) == .idle)
        _ = state.start(reports: false, at: 1)
        _ = state.asked(isMember: true, at: 1)
        _ = state.began(nil, at: 1)
        _ = state.produced(nil, record: nil, at: 1)
        _ = state.asked(isMember: true, at: 1)
        _ = state.offsetsSent(nil, undelivered: nil, at: 1)
        #expect(state.committed(fatal, undelivered: nil, unsure: false, at: 2) == .replace)
        #expect(state.replaced(nil, at: 2) == .initialize(after: 0))
        #expect(state.initialized(nil, at: 2) == .begin)
        #expect(state.began(nil, at: 2) == .sendOffsets(after: 0))
        #expect(state.offsetsSent(nil, undelivered: nil, at: 2) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 2) == .settle(after: 0))
    }

    /// What is refused here is refused to the transactions to come, which say why.
    @Test func whereItIsRefusedThingsGoOn() {
        var state = begun()
        #expect(state.offsetsSent(refused, undelivered: nil, at: 1) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 2) == .idle)
        #expect(state.start(reports: false, at: 3) == .askGroup)
    }

    /// What is not allowed will not be in a minute either; librdkafka's warning of it is no reason to try another instance.
    @Test(arguments: [false, true])
    func whoIsNotAllowedIsToldAtOnce(_ unsure: Bool) {
        var state = begun()
        #expect(state.offsetsSent(notAllowed, undelivered: nil, at: 1) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: unsure, at: 2) == .fail(notAllowed))
        #expect(state.phase == .ended)
    }

    @Test func whatMayHaveBeenSentTwiceIsFollowedByAnotherInstance() {
        var state = begun()
        _ = state.offsetsSent(nil, undelivered: nil, at: 1)
        #expect(state.aborted(nil, unsure: true, at: 2) == .replace)
        anotherBegins(&state, at: 3)
        _ = state.offsetsSent(nil, undelivered: nil, at: 3)
        #expect(state.aborted(nil, unsure: false, at: 4) == .idle)
        #expect(!state.mustRecycle)
    }

    /// A coordinator that is always slow has aborted it all the same.
    @Test func aSlowCoordinatorIsAskedForAMinute() {
        var state = begun()
        _ = state.offsetsSent(nil, undelivered: nil, at: 1)
        #expect(state.aborted(nil, unsure: true, at: 59_999) == .replace)
        anotherBegins(&state, at: 59_999)
        _ = state.offsetsSent(nil, undelivered: nil, at: 59_999)
        #expect(state.aborted(nil, unsure: true, at: 60_000) == .replace)
        #expect(state.replaced(nil, at: 60_000) == .initialize(after: 100))
        #expect(state.initialized(nil, at: 60_000) == .idle)
        // the next instance has its fence again
        state.mustRecycle = true
        #expect(state.start(reports: false, at: 70_000) == .replace)
        _ = state.replaced(nil, at: 70_000)
        #expect(state.initialized(nil, at: 70_000) == .begin)
    }

    @Test func whatPassesIsTriedAgainAndWhatDoesNotPassForAMinute() {
        var state = begun()
        #expect(state.offsetsSent(retry, undelivered: nil, at: 14_999) == .sendOffsets(after: 100))
        #expect(state.offsetsSent(retry, undelivered: nil, at: 15_000) == .abort(after: 0))
        #expect(state.aborted(retry, unsure: false, at: 15_001) == .abort(after: 100))
        #expect(state.aborted(nil, unsure: false, at: 15_002) == .replace)
        anotherBegins(&state, at: 50_000)
        #expect(state.offsetsSent(retry, undelivered: nil, at: 65_000) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 65_000) == .fail(retry))
        #expect(state.phase == .ended)
    }

    @Test func aFatalErrorMakesANewInstanceWithAFence() {
        var state = begun()
        #expect(state.offsetsSent(fatal, undelivered: nil, at: 1) == .replace)
        anotherBegins(&state, at: 2)
        _ = state.offsetsSent(nil, undelivered: nil, at: 2)
        #expect(state.aborted(fatal, unsure: false, at: 3) == .replace)
        #expect(state.replaced(nil, at: 3) == .initialize(after: 100))
        #expect(state.initialized(nil, at: 3) == .begin)
        #expect(state.began(fatal, at: 4) == .replace)
        #expect(state.counts.rebuilt == 0)
    }
}
