internal import CRdkafka
internal import Failpoints
internal import Foundation
internal import Synchronization

/// Performs what ``TransactionState`` says, on whichever thread holds the producer.
@safe
final class TransactionEngine {
    var state: TransactionState
    private let configuration: ClientConfiguration
    private let onLog: (@Sendable (LogLine) -> Void)?
    let watch: CoordinatorWatch
    private(set) var handle: ClientHandle?
    /// Those of the present instance.
    private(set) var calls = BoundedCalls()
    /// Milliseconds that a call may take beyond its own time.
    var grace = 10_000
    /// Milliseconds of a clock that only goes forward.
    let now: @Sendable () -> Int64
    /// The group whose offsets were committed last.
    var group: String?
    /// What each new instance begins with; nil: nothing.
    private let fence: TransactionJob?
    /// No further step is taken: a new instance would fence whoever has begun to use the transactional id since.
    let isAbandoned = Atomic(false)

    init(
        _ configuration: ClientConfiguration,
        _ limits: TransactionState.Limits,
        _ fence: OffsetFence?,
        now: @escaping @Sendable () -> Int64,
        onLog: (@Sendable (LogLine) -> Void)?
    ) throws(KafkaError) {
        self.configuration = configuration
        self.onLog = onLog
        self.now = now
        self.fence = fence?.job
        state = TransactionState(limits, fences: fence != nil)
        watch = CoordinatorWatch()
        handle = try makeHandle()
    }

    /// The present instance, for C.
    var client: OpaquePointer? { unsafe handle?.client }

    private func makeHandle() throws(KafkaError) -> ClientHandle {
        let (watch, onLog) = (watch, onLog)
        return try ClientHandle(
            RD_KAFKA_PRODUCER,
            configuration,
            onLog: { line in
                watch.see(line)
                onLog?(line)
            },
            deliveries: true
        )
    }

    /// Performs actions until the machine has something to tell.
    func drive(_ first: TransactionState.Action, _ job: TransactionJob?) throws(KafkaError) -> TransactionOutcome? {
        var action = first
        while true {
            if isAbandoned.load(ordering: .relaxed) { throw Self.closed }
            switch action {
            case .idle: return nil
            case .finish(let outcome): return outcome
            case .fail(let error): throw error
            case .initialize(let pause):
                wait(pause)
                action = state.initialized(initialize(), at: now())
            case .replace: action = state.replaced(replace(), at: now())
            default:
                guard let job = state.isFencing ? fence : job else { return nil }
                action = perform(action, job)
            }
        }
    }

    /// The calls of one transaction.
    private func perform(_ action: TransactionState.Action, _ job: TransactionJob) -> TransactionState.Action {
        switch action {
        case .askGroup:
            guard let group = job.group else { return state.asked(isMember: true, at: now()) }
            do throws(KafkaError) {
                job.member = try group()
            } catch {
                return state.asked(error, at: now())
            }
            if Faults.isOff("generation") { return state.asked(isMember: true, at: now()) }
            return state.asked(isMember: job.member != nil, at: now())
        case .begin:
            job.restart()
            return state.began(begin(), at: now())
        case .produce:
            let error = produce(job)
            return state.produced(error, record: error == nil ? nil : job.next, at: now())
        case .flush:
            let error = flush()
            if error == nil { Faults.point("after-flush") }
            return state.flushed(error, undelivered: job.undelivered, at: now())
        case .sendOffsets(let pause):
            wait(pause)
            let error = sendOffsets(job)
            return state.offsetsSent(error, undelivered: job.undelivered, at: now())
        case .commit(let pause):
            wait(pause)
            let (error, unsure) = unsafe end { unsafe rd_kafka_commit_transaction($0, $1) }
            return state.committed(error, undelivered: job.undelivered, unsure: unsure, at: now())
        case .abort(let pause):
            wait(pause)
            let (error, unsure) = unsafe end(isCommit: false) { unsafe rd_kafka_abort_transaction($0, $1) }
            return state.aborted(error, unsure: unsure, at: now())
        case .settle(let pause):
            wait(pause)
            do throws(KafkaError) {
                return state.settled(.success(try job.isCommitted()), at: now())
            } catch {
                return state.settled(.failure(error), at: now())
            }
        case .idle, .initialize, .replace, .finish, .fail: return action
        }
    }

    private func wait(_ milliseconds: Int64) {
        guard milliseconds > 0 else { return }
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
    }

    private func replace() -> KafkaError? {
        close()
        do throws(KafkaError) {
            handle = try makeHandle()
            calls = BoundedCalls()
            return nil
        } catch {
            return error
        }
    }

    /// Nothing is run any more.
    func end() {
        close()
        _ = state.fail(Self.closed)
    }

    /// Ends the instance. Delivery reports that are still out are served first, or they would never be released.
    func close() {
        if let client = unsafe client {
            unsafe _ = rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            unsafe _ = rd_kafka_flush(client, 200)
        }
        handle?.destroy()
        handle = nil
    }
}
