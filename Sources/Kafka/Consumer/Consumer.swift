internal import CRdkafka
internal import Synchronization

/// Reads records. One owner polls it on a thread of its own: polling blocks.
///
/// Records are taken by `rd_kafka_consumer_poll`, not by the batch call: the latter may lose messages beside a rebalance
/// or a pause on librdkafka 2.0, and the difference is far above what a record costs to process.
public struct Consumer: ~Copyable {
    let core: ConsumerCore

    /// - Parameters:
    ///   - configuration: `group.id` is needed to subscribe or commit.
    ///   - onLog: gets librdkafka's own lines.
    public init(_ configuration: ClientConfiguration, onLog: (@Sendable (LogLine) -> Void)? = nil) throws(KafkaError) {
        core = try ConsumerCore(configuration, onLog: onLog)
    }

    /// A client that still leaves its group ends with that.
    deinit { if !core.isAbandoned.load(ordering: .acquiring) { core.handle.destroy() } }

    var client: OpaquePointer? { unsafe core.client }

    /// Joins the group for some topics.
    public func subscribe(_ topics: [String], _ handler: any RebalanceHandler) throws(KafkaError) {
        try core.subscribe(topics, handler)
    }

    /// Reads these partitions, without a group.
    public func assign(_ partitions: [PartitionOffset]) throws(KafkaError) {
        let list = PartitionList(partitions)
        let code = unsafe rd_kafka_assign(core.client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "take partitions") }
    }

    /// Reads these partitions too, without a group; those that are read already go on where they are.
    ///
    /// librdkafka takes a whole new assignment by stopping every partition first, and ends the process where that happens
    /// again before they have stopped.
    public func add(_ partitions: [PartitionOffset]) throws(KafkaError) {
        if !partitions.isEmpty { try core.add(partitions) }
    }

    /// Reads these partitions no more, without a group.
    public func remove(_ partitions: [TopicPartition]) throws(KafkaError) {
        if !partitions.isEmpty { try core.remove(partitions) }
    }

    /// The group's members give up only those partitions that go to others; false: all of them at every rebalance.
    public var isCooperative: Bool { core.isCooperative }

    /// Begins to read partitions that the group gave us and that are not read yet (``RebalanceHandler/takesLater``). A group
    /// that is not cooperative wants them all in one call: librdkafka 2.0.2 ends the process on an assertion where an
    /// assignment is changed before it has come about.
    public func take(_ partitions: [PartitionOffset]) throws(KafkaError) { try core.take(partitions) }

    /// Waits for records, at most so long, and takes what is there; never waits to fill the batch. Serves rebalances.
    ///
    /// - Throws: what went wrong with the consumer or a partition; what was read before it is in the batch.
    public func poll(into batch: inout RecordBatch, milliseconds: Int32) throws(KafkaError) {
        batch.removeAll()
        try poll(adding: batch.capacity, to: &batch, milliseconds: milliseconds)
    }

    /// The same, and what the batch holds stays in it: records that nobody has had time for yet.
    ///
    /// - Parameter limit: records that may be added.
    /// - Throws: what went wrong with the consumer or a partition; what was read before it is in the batch.
    public func poll(adding limit: Int, to batch: inout RecordBatch, milliseconds: Int32) throws(KafkaError) {
        let full = batch.count + limit
        var wait = milliseconds
        while batch.count < full {
            guard let message = unsafe rd_kafka_consumer_poll(core.client, wait) else { break }
            wait = 0
            let code = unsafe message.pointee.err
            if code.rawValue == 0 {
                unsafe batch.append(message)
                continue
            }
            let problem = unsafe Self.problem(message, &batch)
            unsafe rd_kafka_message_destroy(message)
            // a fatal one is told with its reason below
            if let problem, problem.code != .fatal { throw problem }
        }
        if let problem = core.handle.fatalError ?? core.problem {
            core.problem = nil
            throw problem
        }
    }

    /// The end of a partition is news, anything else an error.
    static func problem(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>,
        _ batch: inout RecordBatch
    ) -> KafkaError? {
        let topic = unsafe message.pointee.rkt.map { unsafe String(cString: rd_kafka_topic_name($0)) }
        let partition = unsafe message.pointee.partition
        let code = unsafe message.pointee.err
        if code.rawValue == KafkaErrorCode.partitionEnd.rawValue, let topic {
            batch.ends.append(PartitionOffset(TopicPartition(topic, partition), .at(unsafe message.pointee.offset)))
            return nil
        }
        let place = topic.map { partition < 0 ? $0 : "\(TopicPartition($0, partition))" } ?? "records"
        let text = unsafe rd_kafka_message_errstr(message).map { unsafe String(cString: $0) }
        return KafkaError(code, "read \(place)", message: text)
    }

    /// What the group has committed.
    public func committed(_ partitions: [TopicPartition], milliseconds: Int32 = 30_000) throws(KafkaError)
        -> [PartitionOffset]
    { try core.committed(partitions, milliseconds) }

    /// Commits and waits for the answer.
    public func commit(_ offsets: [PartitionOffset]) throws(KafkaError) { try core.commit(offsets) }

    /// The next offset of each partition that this consumer would hand out.
    public func position(_ partitions: [TopicPartition]) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        let code = unsafe rd_kafka_position(core.client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "tell the position") }
        return list.values("tell the position")
    }

    /// The first and the next offset of a partition, asked of the broker.
    public func watermarks(_ partition: TopicPartition, milliseconds: Int32 = 10_000) throws(KafkaError)
        -> (low: Int64, high: Int64)
    { try core.watermarks(partition, milliseconds) }

    /// The first offset at or after a time (milliseconds), for each partition.
    public func offsets(_ partitions: [TopicPartition], at time: Int64, milliseconds: Int32 = 10_000) throws(KafkaError)
        -> [PartitionOffset]
    { try core.offsets(partitions, at: time, milliseconds) }

    /// Goes on at another offset of a partition that is ours, a moment later.
    public func seek(_ place: PartitionOffset) throws(KafkaError) {
        guard case .at(let offset) = place.offset,
            let topic = unsafe rd_kafka_topic_new(core.client, place.partition.topic, nil)
        else { return }
        defer { unsafe rd_kafka_topic_destroy(topic) }
        // not rd_kafka_seek_partitions, whose time-out is a thousandth of what it says before 2.1
        let code = unsafe rd_kafka_seek(topic, place.partition.partition, offset, 0)
        if code.rawValue != 0 { throw KafkaError(code, "seek in \(place.partition)") }
    }

    /// Stops handing out records of these partitions; they stay ours.
    public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        let code = unsafe rd_kafka_pause_partitions(core.client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "pause") }
    }

    /// Goes on handing out records of these partitions.
    public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        let code = unsafe rd_kafka_resume_partitions(core.client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "go on") }
    }

    /// Our id within the group; empty while there is none.
    public var memberID: String {
        guard let id = unsafe rd_kafka_memberid(core.client) else { return "" }
        defer { unsafe rd_kafka_mem_free(core.client, id) }
        return unsafe String(cString: id)
    }

    /// What librdkafka last told of itself, JSON, every `statistics.interval.ms`; empty: it has told nothing.
    public var statistics: String { core.handle.callbacks.statistics }

    /// The group has taken our partitions away without asking.
    public var isAssignmentLost: Bool { unsafe rd_kafka_assignment_lost(core.client) != 0 }

    /// Leaves the group: what is ours is revoked first, so that its last offsets can be committed.
    public consuming func close(milliseconds: Int = 15_000) throws(KafkaError) {
        try core.close(milliseconds)
    }
}
