internal import CRdkafka
internal import Dispatch
internal import Synchronization

/// Owns one librdkafka client and what its callbacks need. The C client is thread-safe; it is destroyed with this object.
@safe
final class ClientHandle: @unchecked Sendable {
    private(set) var client: OpaquePointer?
    let callbacks: Callbacks
    private let isConsumer: Bool

    /// What C calls back into; kept alive by its client.
    @safe
    final class Callbacks: @unchecked Sendable {
        let onLog: (@Sendable (LogLine) -> Void)?
        /// Served on the thread that polls.
        var rebalance: ((rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Void)?
        private let trouble = Mutex<KafkaError?>(nil)
        private let told = Mutex("")

        init(_ onLog: (@Sendable (LogLine) -> Void)?) { self.onLog = onLog }

        func noteError(_ error: KafkaError) {
            // what the caller of a request sees is only that no broker answers
            trouble.withLock { known in
                // _AUTHENTICATION and _SSL say more than a connection that ends
                if known == nil || error.isRefusal || known?.isRefusal == false { known = error }
            }
        }
        /// librdkafka's statistics as it last told them, JSON; empty: it has told none.
        var statistics: String {
            get { told.withLock { $0 } }
            set { told.withLock { $0 = newValue } }
        }
        /// Why a broker could not be talked to, the last time.
        var connectionTrouble: KafkaError? { trouble.withLock { $0 } }
    }

    init(
        _ type: rd_kafka_type_t,
        _ configuration: ClientConfiguration,
        onLog: (@Sendable (LogLine) -> Void)?,
        deliveries: Bool = false
    ) throws(KafkaError) {
        let operation = type == RD_KAFKA_CONSUMER ? "make a consumer" : "make a producer"
        guard let conf = unsafe rd_kafka_conf_new() else { throw KafkaError(configuration: "out of memory", operation) }
        callbacks = Callbacks(onLog)
        isConsumer = type == RD_KAFKA_CONSUMER
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in configuration.sorted {
            guard unsafe rd_kafka_conf_set(conf, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                unsafe rd_kafka_conf_destroy(conf)
                let message = String(nulTerminated: text)
                throw KafkaError(
                    configuration: ClientConfiguration.isSecret(name) ? "the value of \(name) is not valid" : message,
                    operation
                )
            }
        }
        unsafe rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(callbacks).toOpaque())
        unsafe rd_kafka_conf_set_log_cb(conf, logCallback)
        unsafe rd_kafka_conf_set_error_cb(conf, errorCallback)
        unsafe rd_kafka_conf_set_stats_cb(conf, statisticsCallback)
        if isConsumer { unsafe rd_kafka_conf_set_rebalance_cb(conf, rebalanceCallback) }
        if deliveries { unsafe rd_kafka_conf_set_dr_msg_cb(conf, deliveryCallback) }
        guard let client = unsafe rd_kafka_new(type, conf, &text, text.count) else {
            unsafe rd_kafka_conf_destroy(conf)
            throw KafkaError(configuration: String(nulTerminated: text), operation)
        }
        unsafe self.client = client
    }

    /// Why the client is of no use any more, with the number of the reason itself; nil: it is of use.
    var fatalError: KafkaError? {
        guard let client = unsafe client else { return nil }
        var text = [CChar](repeating: 0, count: 512)
        let code = unsafe rd_kafka_fatal_error(client, &text, text.count)
        guard code.rawValue != 0 else { return nil }
        return KafkaError(
            code: KafkaErrorCode(rawValue: code.rawValue),
            name: unsafe String(cString: rd_kafka_err2name(code)),
            recovery: .recreateClient,
            message: String(nulTerminated: text),
            operation: isConsumer ? "read" : "write"
        )
    }

    /// Destroys the client; on 2.0.x that may hang, so it is given up after ten seconds and left to the process's end.
    func destroy() {
        guard let client = unsafe client else { return }
        unsafe self.client = nil
        let done = DispatchSemaphore(value: 0)
        let keep = callbacks
        let address = UInt(bitPattern: client)
        let isConsumer = isConsumer
        DispatchQueue.global().async {
            guard let client = unsafe OpaquePointer(bitPattern: address) else { return }
            if isConsumer {
                unsafe rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            } else {
                unsafe rd_kafka_destroy(client)
            }
            withExtendedLifetime(keep) {}
            done.signal()
        }
        _ = done.wait(timeout: .now() + 10)
    }

    /// Left to the process's end: a call of it has not come back, and may call back.
    func abandon() {
        unsafe client = nil
        _ = unsafe Unmanaged.passRetained(callbacks)
    }

    deinit { destroy() }
}

/// A line that librdkafka wants to log.
public struct LogLine: Sendable, Hashable {
    /// Syslog's level, 0 (emergency) to 7 (debug).
    public let level: Int32
    /// The part of the library it comes from.
    public let facility: String
    /// What it says.
    public let message: String
}

private let logCallback: @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void =
    {
        client,
        level,
        facility,
        message in
        guard let client = unsafe client, let opaque = unsafe rd_kafka_opaque(client) else { return }
        let callbacks = unsafe Unmanaged<ClientHandle.Callbacks>.fromOpaque(opaque).takeUnretainedValue()
        let line = LogLine(
            level: level,
            facility: unsafe facility.map { unsafe String(cString: $0) } ?? "",
            message: unsafe message.map { unsafe String(cString: $0) } ?? ""
        )
        callbacks.onLog?(line)
    }

private let errorCallback:
    @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafeMutableRawPointer?) -> Void = {
        client,
        code,
        reason,
        opaque in
        guard let opaque = unsafe opaque else { return }
        let callbacks = unsafe Unmanaged<ClientHandle.Callbacks>.fromOpaque(opaque).takeUnretainedValue()
        let message = unsafe reason.map { unsafe String(cString: $0) } ?? ""
        callbacks.noteError(KafkaError(rd_kafka_resp_err_t(rawValue: code), "work", message: message))
        callbacks.onLog?(LogLine(level: 3, facility: "ERROR", message: message))
    }

/// Called on the thread that polls, every `statistics.interval.ms`; the text is librdkafka's.
private let statisticsCallback:
    @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int, UnsafeMutableRawPointer?) -> Int32 = {
        _,
        text,
        _,
        opaque in
        guard let opaque = unsafe opaque, let text = unsafe text else { return 0 }
        let callbacks = unsafe Unmanaged<ClientHandle.Callbacks>.fromOpaque(opaque).takeUnretainedValue()
        callbacks.statistics = unsafe String(cString: text)
        return 0
    }

private let rebalanceCallback:
    @convention(c) (
        OpaquePointer?, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
        UnsafeMutableRawPointer?
    ) -> Void = { _, code, partitions, opaque in
        guard let opaque = unsafe opaque, let partitions = unsafe partitions else { return }
        let callbacks = unsafe Unmanaged<ClientHandle.Callbacks>.fromOpaque(opaque).takeUnretainedValue()
        unsafe callbacks.rebalance?(code, partitions)
    }

private let deliveryCallback:
    @convention(c) (OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?) -> Void = {
        _,
        message,
        _ in
        guard let message = unsafe message, let opaque = unsafe message.pointee._private else { return }
        let report = unsafe Unmanaged<DeliveryReport>.fromOpaque(opaque).takeRetainedValue()
        let code = unsafe message.pointee.err
        if code.rawValue == 0 {
            unsafe report.done(
                .success(Delivery(partition: message.pointee.partition, offset: message.pointee.offset))
            )
        } else {
            report.done(.failure(KafkaError(code, "deliver a record")))
        }
    }
