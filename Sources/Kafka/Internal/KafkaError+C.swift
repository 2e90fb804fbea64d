internal import CRdkafka

extension KafkaError {
    /// An error from its number.
    init(_ code: rd_kafka_resp_err_t, _ operation: String, message: String? = nil) {
        let number = KafkaErrorCode(rawValue: code.rawValue)
        self.init(
            code: number,
            name: unsafe String(cString: rd_kafka_err2name(code)),
            recovery: number == .fatal ? .recreateClient : Self.retriable.contains(number) ? .retry : .none,
            message: unsafe message ?? String(cString: rd_kafka_err2str(code)),
            operation: operation
        )
    }

    /// The same call may work a moment later.
    private static let retriable: Set<KafkaErrorCode> = [
        .transport, .allBrokersDown, .timedOut, .queueFull, .leaderNotAvailable, .notLeader, .requestTimedOut,
        .coordinatorLoading, .coordinatorNotAvailable, .notCoordinator, .notEnoughReplicas,
        .notEnoughReplicasAfterAppend, .rebalanceInProgress, .concurrentTransactions, .unstableOffsets,
    ]

    /// An error of librdkafka's kind that the program has found by itself.
    public init(_ code: KafkaErrorCode, _ operation: String, _ message: String) {
        self.init(rd_kafka_resp_err_t(rawValue: code.rawValue), operation, message: message)
    }

    /// An error object that stays its result's.
    init(borrowing error: OpaquePointer, _ operation: String) {
        let message = unsafe String(cString: rd_kafka_error_string(error))
        unsafe self.init(rd_kafka_error_code(error), operation, message: message)
    }

    /// An error object, which is destroyed.
    init(consuming error: OpaquePointer, _ operation: String) {
        let recovery: Recovery =
            if unsafe rd_kafka_error_is_fatal(error) != 0 {
                .recreateClient
            } else if unsafe rd_kafka_error_txn_requires_abort(error) != 0 {
                .abortTransaction
            } else if unsafe rd_kafka_error_is_retriable(error) != 0 {
                .retry
            } else {
                .none
            }
        self.init(
            code: KafkaErrorCode(rawValue: unsafe rd_kafka_error_code(error).rawValue),
            name: unsafe String(cString: rd_kafka_error_name(error)),
            recovery: recovery,
            message: unsafe String(cString: rd_kafka_error_string(error)),
            operation: operation
        )
        unsafe rd_kafka_error_destroy(error)
    }

    /// Something is asked of a client that it cannot do as it is now: it is closed, or busy.
    init(state message: String, _ operation: String) { self.init(.wrongState, operation, message) }

    /// A configuration that librdkafka refuses.
    init(configuration message: String, _ operation: String) {
        self.init(.invalidArgument, operation, message)
    }
}

extension String {
    init(nulTerminated text: [CChar]) {
        self = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
