import Testing

@testable import Kafka

/// Every row of the table in `TransactionState`: what a call returned, and what comes next.
@Suite struct TransactionStateTests {
    typealias Action = TransactionState.Action

    static func error(_ recovery: KafkaError.Recovery, code: KafkaErrorCode = 1) -> KafkaError {
        KafkaError(code: code, name: "E\(code.rawValue)", recovery: recovery, message: "told", operation: "do it")
    }
    let retry = Self.error(.retry)
    let abortable = Self.error(.abortTransaction, code: 22)
    let fatal = Self.error(.recreateClient, code: -144)
    let unflagged = Self.error(.none, code: 99)

    /// A machine that is ready for a transaction.
    static func ready() -> TransactionState {
        var state = TransactionState()
        _ = state.prepare(at: 0)
        _ = state.initialized(nil, at: 0)
        return state
    }

    /// A machine with a transaction begun at 0.
    static func open(reports: Bool = false) -> TransactionState {
        var state = ready()
        _ = state.start(reports: reports, at: 0)
        _ = state.asked(isMember: true, at: 0)
        _ = state.began(nil, at: 0)
        return state
    }

    /// A machine whose offsets are sent.
    static func offsets() -> TransactionState {
        var state = open()
        _ = state.produced(nil, record: nil, at: 0)
        _ = state.asked(isMember: true, at: 0)
        _ = state.offsetsSent(nil, undelivered: nil, at: 0)
        return state
    }

    // MARK: NEW

    @Test func aNewOneIsInitializedAndThenReady() {
        var state = TransactionState()
        #expect(state.prepare(at: 0) == .initialize(after: 0))
        #expect(state.initialized(nil, at: 5) == .idle)
        #expect(state.phase == .ready)
        #expect(state.prepare(at: 6) == .idle)
    }

    @Test func initializingIsTriedAgainForAMinute() {
        var state = TransactionState()
        _ = state.prepare(at: 1000)
        #expect(state.initialized(retry, at: 31_000) == .initialize(after: 100))
        #expect(state.initialized(retry, at: 60_999) == .initialize(after: 100))
        #expect(state.initialized(retry, at: 61_000) == .fail(retry))
        #expect(state.phase == .ended)
        #expect(state.start(reports: false, at: 70_000) == .fail(retry))
        #expect(state.prepare(at: 70_000) == .fail(retry))
    }

    @Test(arguments: [KafkaError.Recovery.recreateClient, .none, .abortTransaction])
    func aFatalErrorAtTheStartIsTheEnd(_ recovery: KafkaError.Recovery) {
        var state = TransactionState()
        _ = state.prepare(at: 0)
        let error = Self.error(recovery)
        #expect(state.initialized(error, at: 1) == .fail(error))
    }

    @Test func aTransactionOnANewOneInitializesItFirst() {
        var state = TransactionState()
        #expect(state.start(reports: false, at: 0) == .initialize(after: 0))
        #expect(state.initialized(nil, at: 1) == .askGroup)
    }

    // MARK: READY

    @Test func whoIsNoMemberDoesNotBegin() {
        var state = Self.ready()
        #expect(state.start(reports: false, at: 0) == .askGroup)
        #expect(state.asked(isMember: false, at: 0) == .finish(.notMember))
        #expect(state.phase == .ready)
        #expect(state.counts.notMember == 1)
    }

    @Test func whoCannotAskWhoTheyAreAborts() {
        var state = Self.ready()
        _ = state.start(reports: false, at: 0)
        #expect(state.asked(unflagged, at: 0) == .finish(.aborted(unflagged, record: nil)))
        var open = Self.open()
        _ = open.produced(nil, record: nil, at: 1)
        #expect(open.asked(unflagged, at: 1) == .abort(after: 0))
        #expect(open.aborted(nil, unsure: false, at: 2) == .finish(.aborted(unflagged, record: nil)))
    }

    @Test func aMemberBegins() {
        var state = Self.ready()
        _ = state.start(reports: false, at: 0)
        #expect(state.asked(isMember: true, at: 0) == .begin)
        #expect(state.began(nil, at: 1) == .produce(after: 0))
        #expect(state.phase == .open)
    }

    @Test(arguments: [KafkaError.Recovery.recreateClient, .none, .abortTransaction, .retry])
    func whereBeginningFailsANewInstanceBeginsAgain(_ recovery: KafkaError.Recovery) {
        var state = Self.ready()
        _ = state.start(reports: false, at: 0)
        _ = state.asked(isMember: true, at: 0)
        #expect(state.began(Self.error(recovery), at: 0) == .replace)
        #expect(state.replaced(nil, at: 0) == .initialize(after: 0))
        #expect(state.initialized(nil, at: 0) == .askGroup)
        #expect(state.counts.rebuilt == 1)
    }

    // MARK: OPEN, produce

    @Test func whatIsProducedGoesToItsOffsetsAndFlushesOnlyWhereTheyAreReported() {
        var state = Self.open()
        #expect(state.produced(nil, record: nil, at: 1) == .askGroup)
        #expect(state.asked(isMember: true, at: 1) == .sendOffsets(after: 0))
        var reporting = Self.open(reports: true)
        #expect(reporting.produced(nil, record: nil, at: 1) == .flush)
    }

    @Test func aFullQueueIsTriedAgainWhileTheTransactionLasts() {
        var state = Self.open()
        let full = Self.error(.retry, code: -184)
        #expect(state.produced(full, record: 3, at: 14_999) == .produce(after: 0))
        #expect(state.produced(full, record: 3, at: 15_000) == .abort(after: 0))
    }

    @Test(arguments: [KafkaErrorCode.tooLarge, .unknownTopic, -172])
    func arecordThatIsRefusedIsNamedAfterTheAbort(_ code: KafkaErrorCode) {
        var state = Self.open()
        let refused = Self.error(.none, code: code)
        #expect(state.produced(refused, record: 4, at: 1) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 2) == .finish(.aborted(refused, record: 4)))
        #expect(refused.isTooLarge == (code == .tooLarge))
        #expect(state.counts.aborts == [refused.name: 1])
        #expect(!state.mustRecycle)
    }

    @Test func aFatalErrorWhileProducingIsToldAfterANewInstance() {
        var state = Self.open()
        #expect(state.produced(fatal, record: 0, at: 1) == .replace)
        _ = state.replaced(nil, at: 2)
        #expect(state.initialized(nil, at: 3) == .finish(.aborted(fatal, record: 0)))
        #expect(state.phase == .ready)
    }

    // MARK: OPEN, flush

    @Test func flushingIsTriedAgainWhileTheTransactionLasts() {
        var state = Self.open(reports: true)
        #expect(state.flushed(retry, undelivered: nil, at: 14_999) == .flush)
        #expect(state.flushed(nil, undelivered: nil, at: 14_999) == .askGroup)
        #expect(state.flushed(retry, undelivered: nil, at: 15_000) == .abort(after: 0))
    }

    @Test func aRecordThatIsNotDeliveredAborts() {
        var state = Self.open(reports: true)
        let undelivered = Undelivered(error: unflagged, record: 2)
        #expect(state.flushed(nil, undelivered: undelivered, at: 1) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 2) == .finish(.aborted(unflagged, record: 2)))
    }

    @Test func aFatalErrorWhileFlushingMakesANewInstance() {
        var state = Self.open(reports: true)
        #expect(state.flushed(fatal, undelivered: nil, at: 1) == .replace)
        var other = Self.open(reports: true)
        #expect(other.flushed(nil, undelivered: Undelivered(error: fatal, record: 0), at: 1) == .replace)
        _ = other.replaced(nil, at: 1)
        #expect(other.initialized(nil, at: 1) == .finish(.aborted(fatal, record: 0)))
    }

    // MARK: OPEN, offsets

    @Test func whoseMembershipEndsBeforeTheOffsetsAborts() {
        var state = Self.open()
        _ = state.produced(nil, record: nil, at: 1)
        #expect(state.asked(isMember: false, at: 2) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 3) == .finish(.notMember))
    }

    @Test func sendingOffsetsIsTriedAgainWhileTheTransactionLasts() {
        var state = Self.open()
        #expect(state.offsetsSent(retry, undelivered: nil, at: 14_999) == .sendOffsets(after: 100))
        #expect(state.offsetsSent(retry, undelivered: nil, at: 15_000) == .abort(after: 0))
    }

    @Test func refusedOffsetsAbort() {
        var state = Self.open()
        #expect(state.offsetsSent(abortable, undelivered: nil, at: 1) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 2) == .finish(.aborted(abortable, record: nil)))
        #expect(state.start(reports: false, at: 3) == .askGroup)
    }

    @Test(arguments: [KafkaError.Recovery.recreateClient, .none])
    func aFatalErrorWhileSendingOffsetsMakesANewInstance(_ recovery: KafkaError.Recovery) {
        var state = Self.open()
        let error = Self.error(recovery)
        #expect(state.offsetsSent(error, undelivered: nil, at: 1) == .replace)
        _ = state.replaced(nil, at: 1)
        #expect(state.initialized(nil, at: 1) == .finish(.aborted(error, record: nil)))
    }

    @Test func sentOffsetsAreCommitted() {
        var state = Self.open()
        #expect(state.offsetsSent(nil, undelivered: nil, at: 1) == .commit(after: 0))
        #expect(state.phase == .offsets)
    }

    // MARK: OFFSETS, commit

    @Test func aCommitIsTheEnd() {
        var state = Self.offsets()
        #expect(state.committed(nil, undelivered: nil, unsure: false, at: 1) == .finish(.committed))
        #expect(state.counts.commits == 1)
        #expect(state.start(reports: false, at: 2) == .askGroup)
    }

    @Test func aCommitThatIsUnsureIsFollowedByANewInstance() {
        var state = Self.offsets()
        #expect(state.committed(nil, undelivered: nil, unsure: true, at: 1) == .finish(.committed))
        #expect(state.start(reports: false, at: 2) == .replace)
        #expect(state.replaced(nil, at: 2) == .initialize(after: 0))
        #expect(state.initialized(nil, at: 3) == .askGroup)
        #expect(state.counts.recycled == 1)
        #expect(state.counts.rebuilt == 0)
        #expect(!state.mustRecycle)
    }

    @Test func aRefusedCommitAbortsAndNamesTheRecordToBlame() {
        var state = Self.offsets()
        let undelivered = Undelivered(error: unflagged, record: 7)
        #expect(state.committed(abortable, undelivered: undelivered, unsure: false, at: 1) == .abort(after: 0))
        #expect(state.aborted(nil, unsure: false, at: 2) == .finish(.aborted(unflagged, record: 7)))
        #expect(state.start(reports: false, at: 3) == .replace, "an end that erred is followed by a new instance")
    }

    @Test(arguments: [KafkaError.Recovery.recreateClient, .none])
    func aFatalErrorWhileCommittingIsSettledByANewInstance(_ recovery: KafkaError.Recovery) {
        var state = Self.offsets()
        #expect(state.committed(Self.error(recovery), undelivered: nil, unsure: false, at: 1) == .replace)
        _ = state.replaced(nil, at: 2)
        #expect(state.initialized(nil, at: 3) == .settle(after: 0))
        #expect(state.counts.inDoubt == 1)
    }

    // MARK: IN-DOUBT

    @Test func aCommitThatTimesOutIsAskedAgainAndThenFollowedByANewInstance() {
        var state = Self.offsets()
        #expect(state.committed(retry, undelivered: nil, unsure: false, at: 1) == .commit(after: 100))
        #expect(state.phase == .inDoubt)
        #expect(state.committed(retry, undelivered: nil, unsure: false, at: 11_999) == .commit(after: 100))
        #expect(state.committed(nil, undelivered: nil, unsure: false, at: 12_500) == .finish(.committed))
        #expect(state.counts.inDoubt == 1)
        #expect(state.start(reports: false, at: 13_000) == .replace)
    }

    @Test func aDoubtThatLastsIsSettledByANewInstance() {
        var state = Self.offsets()
        _ = state.committed(retry, undelivered: nil, unsure: false, at: 11_000)
        #expect(state.committed(retry, undelivered: nil, unsure: false, at: 12_000) == .replace)
        _ = state.replaced(nil, at: 12_000)
        #expect(state.initialized(nil, at: 12_000) == .settle(after: 0))
        #expect(state.settled(.success(true), at: 12_000) == .finish(.committed))
    }

    @Test func aFirstAnswerThatTookTheWholeTimeoutIsStillAskedForOnceMore() {
        var state = Self.offsets()
        #expect(state.committed(retry, undelivered: nil, unsure: false, at: 15_000) == .commit(after: 100))
        #expect(state.committed(nil, undelivered: nil, unsure: false, at: 15_100) == .finish(.committed))
    }

    @Test(arguments: [KafkaError.Recovery.recreateClient, .none, .abortTransaction])
    func anyOtherErrorInDoubtIsSettledByANewInstance(_ recovery: KafkaError.Recovery) {
        var state = Self.offsets()
        _ = state.committed(retry, undelivered: nil, unsure: false, at: 1)
        #expect(state.committed(Self.error(recovery), undelivered: nil, unsure: false, at: 2) == .replace)
        _ = state.replaced(nil, at: 2)
        #expect(state.initialized(nil, at: 2) == .settle(after: 0))
        #expect(state.counts.inDoubt == 1)
    }

    @Test func settlingTellsWhatTheOffsetsSay() {
        func settle(_ result: Result<Bool?, KafkaError>) -> Action {
            var state = Self.offsets()
            _ = state.committed(fatal, undelivered: nil, unsure: false, at: 1)
            _ = state.replaced(nil, at: 2)
            _ = state.initialized(nil, at: 3)
            return state.settled(result, at: 4)
        }
        #expect(settle(.success(true)) == .finish(.committed))
        #expect(settle(.success(false)) == .finish(.aborted(fatal, record: nil)))
        #expect(settle(.success(nil)) == .finish(.notMember))
        #expect(settle(.failure(retry)) == .settle(after: 100))
        #expect(settle(.failure(unflagged)) == .fail(unflagged))
    }

    @Test func settlingIsTriedAgainForAMinute() {
        var state = Self.offsets()
        _ = state.committed(fatal, undelivered: nil, unsure: false, at: 1)
        _ = state.replaced(nil, at: 2)
        _ = state.initialized(nil, at: 3)
        #expect(state.settled(.failure(retry), at: 60_002) == .settle(after: 100))
        #expect(state.settled(.failure(retry), at: 60_003) == .fail(retry))
    }
}
