internal import CRdkafka

extension KafkaError {
    /// An error from its number.
    init(_ code: rd_kafka_resp_err_t, _ operation: String, message: String? = nil) {
        let retriable: Set<Int32> = [-195, -187, -185, -184, 5, 6, 7, 14, 15, 16, 19, 20, 27, 51, 88]
        self.init(
            code: code.rawValue,
            name: unsafe String(cString: rd_kafka_err2name(code)),
            recovery: code.rawValue == -150 ? .recreateClient : retriable.contains(code.rawValue) ? .retry : .none,
            message: unsafe message ?? String(cString: rd_kafka_err2str(code)),
            operation: operation
        )
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
            code: unsafe rd_kafka_error_code(error).rawValue,
            name: unsafe String(cString: rd_kafka_error_name(error)),
            recovery: recovery,
            message: unsafe String(cString: rd_kafka_error_string(error)),
            operation: operation
        )
        unsafe rd_kafka_error_destroy(error)
    }

    /// A configuration that librdkafka refuses.
    init(configuration message: String, _ operation: String) {
        self.init(code: -186, name: "_INVALID_ARG", recovery: .none, message: message, operation: operation)
    }
}

extension String {
    init(nulTerminated text: [CChar]) {
        self = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
