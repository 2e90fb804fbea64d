internal import CRdkafka
internal import Failpoints

extension TransactionEngine {
    /// Milliseconds that librdkafka may keep a call: the state, asked several times within the transaction's timeout,
    /// decides whether it is made again. Where it finds no coordinator, librdkafka waits for ever if it may.
    var longestCall: Int32 { min(10_000, Int32(clamping: state.limits.transaction / 5)) }

    static var closed: KafkaError { KafkaError(state: "the producer is closed", "run a transaction") }

    /// A call of librdkafka that returns an error object; it is given so many milliseconds.
    typealias Call = (OpaquePointer, Int32) -> OpaquePointer?

    /// Makes a call. Where it does not come back long after its time, the instance is left behind.
    private func call(_ operation: String, _ body: @escaping Call) -> KafkaError? {
        guard let handle, let client = unsafe handle.client else { return Self.closed }
        nonisolated(unsafe) let (body, instance) = unsafe (body, client)
        let longest = longestCall
        let answer = calls.make(within: Int(longest) + grace) { () -> KafkaError? in
            guard let error = unsafe body(instance, longest) else { return nil }
            return unsafe KafkaError(consuming: error, operation)
        }
        if let answer { return answer }
        handle.abandon()
        return Self.leftBehind(operation)
    }

    /// A call did not come back: only a new instance can go on.
    static func leftBehind(_ operation: String) -> KafkaError {
        KafkaError(
            code: .timedOut,
            name: "_TIMED_OUT",
            recovery: .recreateClient,
            message: "librdkafka did not come back; its client is left behind",
            operation: operation
        )
    }

    /// A connection that has dropped between two transactions counts too: the same trouble may not be told twice within
    /// half a minute.
    func notice() {
        if let client = unsafe client { unsafe _ = rd_kafka_poll(client, 0) }
        if watch.isUnsure { state.mustRecycle = true }
        if Faults.isOff("recycle") { state.mustRecycle = false }
    }

    func initialize() -> KafkaError? {
        let error = unsafe call("start the transactional producer") {
            unsafe rd_kafka_init_transactions($0, $1)
        }
        if error == nil { Faults.point("init-transactions") }
        // what dropped before has nothing to do with what comes
        watch.reset()
        return error
    }

    func begin() -> KafkaError? {
        unsafe call("begin a transaction") { client, _ in
            // what has happened to the instance meanwhile
            unsafe _ = rd_kafka_poll(client, 0)
            return unsafe rd_kafka_begin_transaction(client)
        }
    }

    /// Hands over the records that are left, up to the first that is refused.
    func produce(_ job: TransactionJob) -> KafkaError? {
        guard let client = unsafe client else { return Self.closed }
        while job.next < job.transaction.records.count {
            let record = job.transaction.records[job.next]
            let report = job.report(of: job.next)
            let opaque = unsafe Unmanaged.passRetained(report).toOpaque()
            let code = unsafe Kafka.produce(
                client,
                record.topic,
                record.partition,
                record.key,
                record.value,
                record.headers,
                record.timestamp,
                opaque
            )
            guard code.rawValue == 0 else {
                unsafe Unmanaged<DeliveryReport>.fromOpaque(opaque).release()
                // serves delivery reports, which makes room
                if code.rawValue == KafkaErrorCode.queueFull.rawValue { unsafe _ = rd_kafka_poll(client, 10) }
                return KafkaError(code, "write a record to \(record.topic)")
            }
            job.next += 1
            Faults.point("after-produce")
        }
        unsafe _ = rd_kafka_poll(client, 0)
        return nil
    }

    func flush() -> KafkaError? {
        guard let client = unsafe client else { return Self.closed }
        let code = unsafe rd_kafka_flush(client, 1000)
        return code.rawValue == 0 ? nil : KafkaError(code, "write what is queued")
    }

    func sendOffsets(_ job: TransactionJob) -> KafkaError? {
        let offsets = job.offsets()
        guard job.hasGroup, !offsets.isEmpty else { return nil }
        guard let metadata = unsafe makeMetadata(job) else {
            return KafkaError(state: "we are no member of the group", "send offsets to the transaction")
        }
        let list = PartitionList(offsets)
        let error = unsafe call("send offsets to the transaction") {
            defer { unsafe rd_kafka_consumer_group_metadata_destroy(metadata) }
            return unsafe rd_kafka_send_offsets_to_transaction($0, list.pointer, metadata, $1)
        }
        if error == nil { Faults.point("after-send-offsets") }
        return error
    }

    /// The member in librdkafka's form, to be destroyed.
    private func makeMetadata(_ job: TransactionJob) -> OpaquePointer? {
        if let group = job.fencedGroup { return unsafe rd_kafka_consumer_group_metadata_new(group) }
        if let member = job.member { group = member.group }
        if Faults.isOff("generation"), let group { return unsafe rd_kafka_consumer_group_metadata_new(group) }
        guard let member = job.member else { return nil }
        var metadata: OpaquePointer?
        let error = unsafe member.written.withUnsafeBytes { bytes in
            unsafe rd_kafka_consumer_group_metadata_read(&metadata, bytes.baseAddress, bytes.count)
        }
        if let error = unsafe error { unsafe rd_kafka_error_destroy(error) }
        return unsafe metadata
    }

    /// Commits or aborts, and whether the request may have been sent more than once.
    func end(isCommit: Bool = true, _ body: @escaping Call) -> (KafkaError?, unsure: Bool) {
        // committing flushes too; done before, it does not count as a slow answer
        if isCommit, let client = unsafe client { unsafe _ = rd_kafka_flush(client, 2000) }
        let begun = now()
        if isCommit { Faults.soon("end-txn-sent") }
        let error = unsafe call(isCommit ? "commit the transaction" : "abort the transaction", body)
        if isCommit { Faults.point("end-txn-replied") }
        if let client = unsafe client { unsafe _ = rd_kafka_poll(client, 0) }
        return (error, watch.isUnsure || now() - begun > CoordinatorWatch.slow)
    }
}
