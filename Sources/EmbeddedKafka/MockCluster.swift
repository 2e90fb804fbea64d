internal import CRdkafka
public import Kafka

/// A broker inside this process: librdkafka's mock cluster. It speaks Kafka's protocol on loopback and forgets everything
/// when it goes; offsets committed within transactions and aborts have no effect on it.
@safe
public final class MockCluster: @unchecked Sendable {
    private let client: OpaquePointer
    private let cluster: OpaquePointer
    /// Where its brokers listen.
    public let bootstrapServers: String
    /// How many brokers it has.
    public let brokers: Int32

    /// Starts a cluster on free ports.
    public init(brokers: Int32 = 1) throws(MockClusterError) {
        self.brokers = brokers
        guard let conf = unsafe rd_kafka_conf_new() else { throw MockClusterError(description: "out of memory") }
        var text = [CChar](repeating: 0, count: 256)
        unsafe _ = rd_kafka_conf_set(conf, "log_level", "0", &text, text.count)
        guard let client = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, conf, &text, text.count) else {
            unsafe rd_kafka_conf_destroy(conf)
            throw MockClusterError(description: "the embedded broker's client cannot be made")
        }
        guard let cluster = unsafe rd_kafka_mock_cluster_new(client, brokers),
            let servers = unsafe rd_kafka_mock_cluster_bootstraps(cluster)
        else {
            unsafe rd_kafka_destroy(client)
            throw MockClusterError(description: "the embedded broker cannot listen on loopback")
        }
        unsafe self.client = client
        unsafe self.cluster = cluster
        unsafe bootstrapServers = String(cString: servers)
    }

    deinit {
        unsafe rd_kafka_mock_cluster_destroy(cluster)
        unsafe rd_kafka_destroy(client)
    }

    /// A configuration for clients of this cluster.
    public var configuration: ClientConfiguration { ClientConfiguration(brokers: bootstrapServers) }

    /// Makes a topic.
    public func createTopic(_ name: String, partitions: Int32 = 1, replication: Int32 = 1) throws(MockClusterError) {
        let code = unsafe rd_kafka_mock_topic_create(cluster, name, partitions, replication)
        if code.rawValue != 0 {
            throw MockClusterError(description: "the embedded broker cannot make topic \(name)")
        }
    }

    /// The next requests of one kind are answered with these errors, one each.
    ///
    /// - Parameters:
    ///   - api: the request's number in Kafka's protocol (0: Produce, 1: Fetch, 8: OffsetCommit, 11: JoinGroup).
    ///   - errors: the broker's error numbers.
    public func failRequests(api: Int16, with errors: [Int32]) {
        var codes = errors.map { rd_kafka_resp_err_t(rawValue: $0) }
        unsafe rd_kafka_mock_push_request_errors_array(cluster, api, codes.count, &codes)
    }

    /// Stops a broker: connections are closed and none is accepted.
    public func stopBroker(_ id: Int32) { unsafe _ = rd_kafka_mock_broker_set_down(cluster, id) }

    /// Starts a stopped broker.
    public func startBroker(_ id: Int32) { unsafe _ = rd_kafka_mock_broker_set_up(cluster, id) }

    /// Every answer of a broker takes at least so long.
    public func setRoundTripTime(_ id: Int32, milliseconds: Int32) {
        unsafe _ = rd_kafka_mock_broker_set_rtt(cluster, id, milliseconds)
    }

    /// Moves a partition's leader to another broker.
    public func setLeader(of partition: TopicPartition, to broker: Int32) {
        unsafe _ = rd_kafka_mock_partition_set_leader(cluster, partition.topic, partition.partition, broker)
    }

    /// Makes a broker the coordinator of a group.
    public func setCoordinator(ofGroup group: String, to broker: Int32) {
        unsafe _ = rd_kafka_mock_coordinator_set(cluster, "group", group, broker)
    }

    /// Makes a broker the coordinator of a transactional id.
    public func setCoordinator(ofTransactionalID id: String, to broker: Int32) {
        unsafe _ = rd_kafka_mock_coordinator_set(cluster, "transaction", id, broker)
    }

    /// The topic's requests are answered with an error from now on; 0: no more.
    public func failTopic(_ name: String, with error: Int32) {
        unsafe rd_kafka_mock_topic_set_error(cluster, name, rd_kafka_resp_err_t(rawValue: error))
    }
}

/// The embedded broker could not do what it was asked for.
public struct MockClusterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public let description: String
}
