import Testing

@testable import Kafka

/// Aborts, new instances, and when there are too many of them.
extension TransactionStateTests {
    // MARK: ABORT

    @Test func abortingIsTriedAgainWithinTheTimeoutAndThenLeftToANewInstance() {
        var state = Self.open()
        _ = state.offsetsSent(abortable, undelivered: nil, at: 1)
        #expect(state.aborted(retry, unsure: false, at: 12_000) == .abort(after: 100))
        #expect(state.aborted(retry, unsure: false, at: 12_001) == .replace)
        _ = state.replaced(nil, at: 12_001)
        #expect(state.initialized(nil, at: 12_002) == .finish(.aborted(abortable, record: nil)))
    }

    @Test func anAbortThatErredIsFollowedByANewInstance() {
        var state = Self.open()
        _ = state.offsetsSent(abortable, undelivered: nil, at: 1)
        _ = state.aborted(retry, unsure: false, at: 2)
        #expect(state.aborted(nil, unsure: false, at: 3) == .finish(.aborted(abortable, record: nil)))
        #expect(state.start(reports: false, at: 4) == .replace)
        var unsure = Self.open()
        _ = unsure.offsetsSent(abortable, undelivered: nil, at: 1)
        _ = unsure.aborted(nil, unsure: true, at: 2)
        #expect(unsure.start(reports: false, at: 3) == .replace)
    }

    @Test func aFatalErrorWhileAbortingMakesANewInstance() {
        var state = Self.open()
        _ = state.offsetsSent(abortable, undelivered: nil, at: 1)
        #expect(state.aborted(fatal, unsure: false, at: 2) == .replace)
        _ = state.replaced(nil, at: 3)
        #expect(state.initialized(nil, at: 4) == .finish(.aborted(abortable, record: nil)))
    }

    // MARK: REBUILD

    /// Rebuilds at this time by a fatal error while producing.
    private func rebuild(_ state: inout TransactionState, at now: Int64) -> Action {
        _ = state.start(reports: false, at: now)
        _ = state.asked(isMember: true, at: now)
        _ = state.began(nil, at: now)
        let action = state.produced(fatal, record: 0, at: now)
        if action == .replace {
            _ = state.replaced(nil, at: now)
            _ = state.initialized(nil, at: now)
        }
        return action
    }

    @Test func aFourthNewInstanceWithinTenMinutesIsTheEnd() {
        var state = Self.ready()
        for now in [Int64(0), 1000, 2000] { #expect(rebuild(&state, at: now) == .replace) }
        guard case .fail(let error) = rebuild(&state, at: 599_999) else {
            Issue.record("it went on")
            return
        }
        #expect(error.recovery == .recreateClient)
        #expect(error.code == fatal.code)
        #expect(error.message.contains("transactional.id in use elsewhere?"))
        #expect(state.phase == .ended)
    }

    @Test func newInstancesAreForgottenAfterTenMinutes() {
        var state = Self.ready()
        for now in [Int64(0), 1000, 2000] { _ = rebuild(&state, at: now) }
        #expect(rebuild(&state, at: 600_000) == .replace)
        #expect(state.counts.rebuilt == 4)
    }

    @Test func aBrokerThatIsAwayDoesNotCountAsATwin() {
        var state = Self.ready()
        for round in 0..<6 {
            let now = Int64(round) * 20_000
            _ = state.start(reports: false, at: now)
            if state.phase == .rebuilding {
                _ = state.replaced(nil, at: now)
                _ = state.initialized(nil, at: now)
            }
            _ = state.asked(isMember: true, at: now)
            _ = state.began(nil, at: now)
            _ = state.offsetsSent(nil, undelivered: nil, at: now)
            _ = state.committed(retry, undelivered: nil, unsure: false, at: now)
            #expect(state.committed(retry, undelivered: nil, unsure: false, at: now + 12_000) == .replace)
            _ = state.replaced(nil, at: now + 12_000)
            _ = state.initialized(nil, at: now + 12_000)
            #expect(state.settled(.success(false), at: now + 12_000) == .finish(.aborted(retry, record: nil)))
        }
    }

    @Test func whoIsFencedWhileStartingAgainTriesOnceMore() {
        var state = Self.open()
        _ = state.produced(fatal, record: 0, at: 1)
        _ = state.replaced(nil, at: 1)
        #expect(state.initialized(retry, at: 2) == .initialize(after: 100))
        #expect(state.initialized(fatal, at: 3) == .replace)
    }

    @Test func anInstanceThatCannotBeMadeIsTheEnd() {
        var state = Self.open()
        _ = state.produced(fatal, record: 0, at: 1)
        #expect(state.replaced(unflagged, at: 1) == .fail(unflagged))
    }
}
