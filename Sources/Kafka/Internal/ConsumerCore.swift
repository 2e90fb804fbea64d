internal import CRdkafka

/// The calls of a consumer, shared by its owner and its rebalance handler.
@safe
final class ConsumerCore {
    let handle: ClientHandle
    private var handler: (any RebalanceHandler)?
    /// What a rebalance handler could not do: told by the next poll.
    var problem: KafkaError?

    init(_ configuration: ClientConfiguration, onLog: (@Sendable (LogLine) -> Void)?) throws(KafkaError) {
        handle = try ClientHandle(RD_KAFKA_CONSUMER, configuration, onLog: onLog)
        unsafe rd_kafka_poll_set_consumer(client)
    }

    var client: OpaquePointer? { unsafe handle.client }

    func subscribe(_ topics: [String], _ handler: any RebalanceHandler) throws(KafkaError) {
        self.handler = handler
        unsafe handle.callbacks.rebalance = { [unowned self] code, partitions in unsafe rebalance(code, partitions) }
        let list = PartitionList(topics.map { TopicPartition($0, -1) })
        let code = unsafe rd_kafka_subscribe(client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "subscribe to \(topics.joined(separator: ", "))") }
    }

    private func rebalance(
        _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        let partitions = unsafe PartitionList.values(list, "assign").map(\.partition)
        let isCooperative = unsafe String(cString: rd_kafka_rebalance_protocol(client)) == "COOPERATIVE"
        // _ASSIGN_PARTITIONS
        guard code.rawValue == -175 else {
            let wasLost = unsafe rd_kafka_assignment_lost(client) != 0
            let lost = code.rawValue != -174 || wasLost
            handler?.revoked(partitions, lost: lost, RebalanceContext(core: self))
            if isCooperative, code.rawValue == -174 {
                unsafe note(consuming: unsafe rd_kafka_incremental_unassign(client, list), "give partitions up")
            } else {
                let code = unsafe rd_kafka_assign(client, nil)
                if code.rawValue != 0 { problem = KafkaError(code, "give partitions up") }
            }
            return
        }
        var starts = partitions.map { PartitionOffset($0, .stored) }
        do throws(KafkaError) {
            let chosen = try handler?.assigned(partitions, RebalanceContext(core: self)) ?? []
            for index in starts.indices {
                if let place = chosen.first(where: { $0.partition == starts[index].partition }) {
                    starts[index].offset = place.offset
                }
            }
        } catch {
            problem = error
            starts = []
        }
        let start = PartitionList(starts)
        if isCooperative {
            unsafe note(consuming: unsafe rd_kafka_incremental_assign(client, start.pointer), "take partitions")
        } else {
            let code = unsafe rd_kafka_assign(client, start.pointer)
            if code.rawValue != 0 { problem = KafkaError(code, "take partitions") }
        }
    }

    private func note(consuming error: OpaquePointer?, _ operation: String) {
        if let error = unsafe error { problem = unsafe KafkaError(consuming: error, operation) }
    }

    func committed(_ partitions: [TopicPartition], _ milliseconds: Int32) throws(KafkaError) -> [PartitionOffset] {
        try handle.committed(partitions, milliseconds)
    }

    func commit(_ offsets: [PartitionOffset]) throws(KafkaError) { try handle.commit(offsets) }

    func watermarks(_ partition: TopicPartition, _ milliseconds: Int32) throws(KafkaError) -> (low: Int64, high: Int64)
    {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = unsafe rd_kafka_query_watermark_offsets(
            client,
            partition.topic,
            partition.partition,
            &low,
            &high,
            milliseconds
        )
        if code.rawValue != 0 { throw KafkaError(code, "read where \(partition) begins and ends") }
        return (low, high)
    }

    func offsets(_ partitions: [TopicPartition], at time: Int64, _ milliseconds: Int32) throws(KafkaError)
        -> [PartitionOffset]
    {
        let list = PartitionList(partitions.map { PartitionOffset($0, .at(max(0, time))) })
        let code = unsafe rd_kafka_offsets_for_times(client, list.pointer, milliseconds)
        if code.rawValue != 0 { throw KafkaError(code, "look offsets up by time") }
        return list.values("look offsets up by time")
    }
}
