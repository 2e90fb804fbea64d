import Dispatch
import EmbeddedKafka
import Foundation
import KafkaTestSupport
import Testing

@testable import Kafka

/// Calls of librdkafka that never come back.
@Suite(.waits) struct BoundedCallsTests {
    private let stuck = TransactionEngine.leftBehind("commit the transaction")

    @Test func aCallIsWaitedForAndNoLongerThanItMayTake() {
        let calls = BoundedCalls()
        #expect(calls.make(within: 60_000) { 7 } == 7)
        let gate = DispatchSemaphore(value: 0)
        #expect(calls.make(within: 10) { gate.wait(timeout: .distantFuture) } == nil)
        gate.signal()
    }

    private func engine(_ cluster: MockCluster) throws -> TransactionEngine {
        var configuration = cluster.configuration
        configuration[.transactionalID] = "app-1"
        configuration[.transactionTimeout] = 30_000
        var limits = TransactionState.Limits()
        limits.transaction = 30_000
        let engine = try TransactionEngine(
            configuration,
            limits,
            nil,
            now: TransactionalProducer.monotonicMilliseconds,
            onLog: nil
        )
        engine.grace = 1000
        return engine
    }

    @Test func theInstanceIsLeftBehindAndANewOneGoesOn() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("out")
        let engine = try engine(cluster)
        defer { engine.close() }
        // a call that never ends, so that the next one never begins
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        #expect(engine.calls.make(within: 0) { gate.wait(timeout: .distantFuture) } == nil)
        #expect(try engine.drive(engine.state.prepare(at: engine.now()), nil) == nil)
        #expect(engine.state.counts.rebuilt >= 1)
        let record = OutgoingRecord(topic: "out", key: nil, value: [1])
        let job = TransactionJob(Transaction([record]), nil) { () throws(KafkaError) in false }
        #expect(try engine.drive(engine.state.start(reports: false, at: engine.now()), job) == .committed)
    }

    /// librdkafka itself waits for ever for a group's coordinator that is away.
    @Test func offsetsOfAGroupWhoseCoordinatorIsAwayAreNotWaitedForForEver() throws {
        let cluster = try MockCluster(brokers: 2)
        cluster.setCoordinator(ofTransactionalID: "app-1", to: 1)
        cluster.setCoordinator(ofGroup: "g", to: 2)
        let engine = try engine(cluster)
        defer { engine.close() }
        let offset = PartitionOffset(TopicPartition("in", 0), .at(1))
        func run() throws -> TransactionOutcome? {
            let job = TransactionJob(Transaction([]) { _ in [offset] }, fencing: "g")
            return try engine.drive(engine.state.start(reports: false, at: engine.now()), job)
        }
        #expect(try run() == .committed)
        cluster.stopBroker(2)
        guard case .aborted(let error, _) = try run() else {
            Issue.record("it was committed")
            return
        }
        #expect(error.code == .timedOut, "\(error)")
        cluster.startBroker(2)
        let deadline = Date.patience
        var outcome: TransactionOutcome?
        while outcome != .committed, Date() < deadline { outcome = try run() }
        #expect(outcome == .committed)
    }

    /// Wherever it happens a new instance follows; a commit's fate is asked for then.
    @Test func eachStepGoesOnWithANewInstance() {
        var new = TransactionState()
        _ = new.prepare(at: 0)
        #expect(new.initialized(stuck, at: 1) == .replace)
        var sending = TransactionStateTests.open()
        #expect(sending.offsetsSent(stuck, undelivered: nil, at: 1) == .replace)
        var committing = TransactionStateTests.open()
        _ = committing.offsetsSent(nil, undelivered: nil, at: 1)
        #expect(committing.committed(stuck, undelivered: nil, unsure: false, at: 2) == .replace)
        _ = committing.replaced(nil, at: 3)
        #expect(committing.initialized(nil, at: 4) == .settle(after: 0))
        var aborting = TransactionStateTests.open()
        _ = aborting.asked(isMember: false, at: 1)
        #expect(aborting.aborted(stuck, unsure: false, at: 2) == .replace)
    }

    /// Where it goes on like that, the process ends, and does not say that somebody else has its id.
    @Test func theFourthTimeIsTheEnd() {
        var state = TransactionState()
        _ = state.prepare(at: 0)
        for now in Int64(1)...3 {
            #expect(state.initialized(stuck, at: now) == .replace)
            _ = state.replaced(nil, at: now)
        }
        guard case .fail(let error) = state.initialized(stuck, at: 4) else {
            Issue.record("it went on")
            return
        }
        #expect(
            error.message
                == "librdkafka did not come back; its client is left behind; it was the 4th time within 10 minutes"
        )
    }
}
