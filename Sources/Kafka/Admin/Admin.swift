internal import CRdkafka

/// Looks after topics. Every call blocks until the broker has answered: never on a cooperative thread.
@safe
public final class Admin: Sendable {
    private let handle: ClientHandle
    private let timeout: Int32

    /// - Parameters:
    ///   - configuration: where the brokers are.
    ///   - milliseconds: how long a call may take.
    public init(
        _ configuration: ClientConfiguration,
        milliseconds: Int32 = 15_000,
        onLog: (@Sendable (LogLine) -> Void)? = nil
    ) throws(KafkaError) {
        handle = try ClientHandle(RD_KAFKA_PRODUCER, configuration, onLog: onLog)
        timeout = milliseconds
    }

    deinit { handle.destroy() }

    /// Makes a topic; one that is there already is an error with ``KafkaError/isTopicAlreadyThere``.
    public func createTopic(
        _ name: String,
        partitions: Int32,
        replication: Int32 = -1,
        configuration: [String: String] = [:]
    ) throws(KafkaError) {
        var text = [CChar](repeating: 0, count: 256)
        guard let topic = unsafe rd_kafka_NewTopic_new(name, partitions, replication, &text, text.count) else {
            throw KafkaError(configuration: String(nulTerminated: text), "create topic \(name)")
        }
        defer { unsafe rd_kafka_NewTopic_destroy(topic) }
        for (key, value) in configuration.sorted(by: { $0.key < $1.key }) {
            unsafe _ = rd_kafka_NewTopic_set_config(topic, key, value)
        }
        var topics: [OpaquePointer?] = unsafe [topic]
        try unsafe request("create topic \(name)") { client, options, queue in
            unsafe rd_kafka_CreateTopics(client, &topics, 1, options, queue)
        } results: { event in
            var count = 0
            guard let result = unsafe rd_kafka_event_CreateTopics_result(event),
                let results = unsafe rd_kafka_CreateTopics_result_topics(result, &count)
            else { return nil }
            return unsafe Self.failure(results, count, "create topic \(name)")
        }
    }

    /// Removes a topic and all its records.
    public func deleteTopic(_ name: String) throws(KafkaError) {
        guard let topic = unsafe rd_kafka_DeleteTopic_new(name) else { return }
        defer { unsafe rd_kafka_DeleteTopic_destroy(topic) }
        var topics: [OpaquePointer?] = unsafe [topic]
        try unsafe request("delete topic \(name)") { client, options, queue in
            unsafe rd_kafka_DeleteTopics(client, &topics, 1, options, queue)
        } results: { event in
            var count = 0
            guard let result = unsafe rd_kafka_event_DeleteTopics_result(event),
                let results = unsafe rd_kafka_DeleteTopics_result_topics(result, &count)
            else { return nil }
            return unsafe Self.failure(results, count, "delete topic \(name)")
        }
    }

    /// Removes the records of partitions before an offset.
    public func deleteRecords(before offsets: [PartitionOffset]) throws(KafkaError) {
        let list = PartitionList(offsets)
        guard let records = unsafe rd_kafka_DeleteRecords_new(list.pointer) else { return }
        defer { unsafe rd_kafka_DeleteRecords_destroy(records) }
        var all: [OpaquePointer?] = unsafe [records]
        try unsafe request("delete records") { client, options, queue in
            unsafe rd_kafka_DeleteRecords(client, &all, 1, options, queue)
        } results: { event in
            guard let result = unsafe rd_kafka_event_DeleteRecords_result(event),
                let offsets = unsafe rd_kafka_DeleteRecords_result_offsets(result)
            else { return nil }
            return unsafe PartitionList.values(UnsafeMutablePointer(mutating: offsets), "delete records")
                .lazy.compactMap(\.error).first
        }
    }

    /// Every topic with the numbers of its partitions, or one of them alone.
    ///
    /// - Parameter milliseconds: how long it may take; nil: as any call.
    /// - Throws: ``KafkaError`` with ``KafkaError/isUnknownTopic`` where the one is not there.
    public func topics(_ only: String? = nil, milliseconds: Int32? = nil) throws(KafkaError) -> [TopicDescription] {
        let operation = only.map { "describe topic \($0)" } ?? "list topics"
        var topic: OpaquePointer?
        if let only { unsafe topic = rd_kafka_topic_new(handle.client, only, nil) }
        defer { if let topic = unsafe topic { unsafe rd_kafka_topic_destroy(topic) } }
        var metadata: UnsafePointer<rd_kafka_metadata_t>?
        let code = unsafe rd_kafka_metadata(
            handle.client,
            only == nil ? 1 : 0,
            topic,
            &metadata,
            milliseconds ?? timeout
        )
        guard code.rawValue == 0, let metadata = unsafe metadata else { throw explained(KafkaError(code, operation)) }
        defer { unsafe rd_kafka_metadata_destroy(metadata) }
        var found: [TopicDescription] = []
        for index in 0..<Int(unsafe metadata.pointee.topic_cnt) {
            let one = unsafe metadata.pointee.topics[index]
            let code = unsafe one.err
            if only != nil, code.rawValue != 0 { throw KafkaError(code, operation) }
            var leaders = 0
            for index in 0..<Int(unsafe one.partition_cnt) where unsafe one.partitions[index].leader >= 0 {
                leaders += 1
            }
            let name = unsafe String(cString: one.topic)
            found.append(TopicDescription(name: name, partitions: unsafe one.partition_cnt, leaders: leaders))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// Where no broker answers: why, as far as the connections have told.
    private func explained(_ error: KafkaError) -> KafkaError {
        unsafe _ = rd_kafka_poll(handle.client, 0)
        guard error.recovery == .retry, let trouble = handle.callbacks.connectionTrouble else { return error }
        return KafkaError(
            code: trouble.isRefusal ? trouble.code : error.code,
            name: trouble.isRefusal ? trouble.name : error.name,
            recovery: trouble.isRefusal ? .none : error.recovery,
            // how long it took in which state of the connection helps nobody
            message: trouble.message.split(separator: " (after ").first.map(String.init) ?? trouble.message,
            operation: error.operation
        )
    }

    private static func failure(_ results: UnsafeMutablePointer<OpaquePointer?>, _ count: Int, _ operation: String)
        -> KafkaError?
    {
        for index in 0..<count {
            let code = unsafe rd_kafka_topic_result_error(results[index])
            guard code.rawValue != 0 else { continue }
            let text = unsafe rd_kafka_topic_result_error_string(results[index]).map { unsafe String(cString: $0) }
            return KafkaError(code, operation, message: text)
        }
        return nil
    }

    /// Sends a request and waits for its answer.
    func request(
        _ operation: String,
        _ send: (OpaquePointer?, OpaquePointer?, OpaquePointer?) -> Void,
        results: (OpaquePointer) -> KafkaError?
    ) throws(KafkaError) {
        let queue = unsafe rd_kafka_queue_new(handle.client)
        defer { unsafe rd_kafka_queue_destroy(queue) }
        let options = unsafe rd_kafka_AdminOptions_new(handle.client, RD_KAFKA_ADMIN_OP_ANY)
        defer { unsafe rd_kafka_AdminOptions_destroy(options) }
        var text = [CChar](repeating: 0, count: 256)
        unsafe _ = rd_kafka_AdminOptions_set_request_timeout(options, timeout, &text, text.count)
        unsafe send(handle.client, options, queue)
        guard let event = unsafe rd_kafka_queue_poll(queue, timeout + 1000) else {
            throw KafkaError(rd_kafka_resp_err_t(rawValue: KafkaErrorCode.timedOut.rawValue), operation)
        }
        defer { unsafe rd_kafka_event_destroy(event) }
        let code = unsafe rd_kafka_event_error(event)
        if code.rawValue != 0 {
            throw KafkaError(code, operation, message: unsafe String(cString: rd_kafka_event_error_string(event)))
        }
        if let failure = unsafe results(event) { throw failure }
    }
}

/// A topic as the brokers know it.
public struct TopicDescription: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// How many partitions it has.
    public let partitions: Int32
    /// How many of them have a leader.
    public let leaders: Int
}
