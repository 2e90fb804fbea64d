internal import CRdkafka
internal import Synchronization

/// The calls of a consumer, shared by its owner and its rebalance handler.
@safe
final class ConsumerCore {
    let handle: ClientHandle
    private(set) var handler: (any RebalanceHandler)?
    /// What a rebalance handler could not do: told by the next poll.
    var problem: KafkaError?
    /// Partitions that are read, and where each began: only those can be given up again.
    var taken: [TopicPartition: Offset] = [:]
    /// Members give up only what goes to others; else everything, and the group knows whole assignments only. librdkafka is
    /// not asked: once a consumer leaves its group, the question may never be answered.
    let isCooperative: Bool
    /// Leaving has taken too long: nothing of it may touch the handler any more, and it alone has the client.
    let isAbandoned = Atomic(false)

    init(_ configuration: ClientConfiguration, onLog: (@Sendable (LogLine) -> Void)?) throws(KafkaError) {
        isCooperative = configuration.isCooperative
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

    func committed(_ partitions: [TopicPartition], _ milliseconds: Int32) throws(KafkaError) -> [PartitionOffset] {
        try handle.committed(partitions, milliseconds)
    }

    func commit(_ offsets: [PartitionOffset]) throws(KafkaError) { try handle.commit(offsets) }

    func watermarks(_ partition: TopicPartition, _ milliseconds: Int32) throws(KafkaError) -> (low: Int64, high: Int64)
    { try handle.watermarks(partition, milliseconds) }

    func offsets(_ partitions: [TopicPartition], at time: Int64, _ milliseconds: Int32) throws(KafkaError)
        -> [PartitionOffset]
    { try handle.offsets(partitions, at: time, milliseconds) }
}

extension ClientConfiguration {
    /// librdkafka takes strategies of one kind only, and by default range.
    fileprivate var isCooperative: Bool {
        self[.assignmentStrategy]?.hasPrefix("cooperative") == true || self[property: "group.protocol"] == "consumer"
    }
}
