/// The number of an error, by its name: negative ones are librdkafka's own, the others a broker's.
public struct KafkaErrorCode: RawRepresentable, Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// The number.
    public let rawValue: Int32

    /// By number; every number is an error of some version.
    public init(rawValue: Int32) { self.rawValue = rawValue }
    /// By number.
    public init(integerLiteral value: Int32) { rawValue = value }
}

/// librdkafka's own.
extension KafkaErrorCode {
    /// `_TRANSPORT`: a connection broke.
    public static let transport: Self = -195
    /// `_RESOLVE`: a broker's name is not known.
    public static let resolve: Self = -193
    /// `_MSG_TIMED_OUT`: a record was not taken over by a broker in time.
    public static let messageTimedOut: Self = -192
    /// `_PARTITION_EOF`: nothing more is there at the moment.
    public static let partitionEnd: Self = -191
    /// `_UNKNOWN_PARTITION`
    public static let unknownPartition: Self = -190
    /// `_UNKNOWN_TOPIC`
    public static let unknownTopic: Self = -188
    /// `_ALL_BROKERS_DOWN`
    public static let allBrokersDown: Self = -187
    /// `_INVALID_ARG`
    public static let invalidArgument: Self = -186
    /// `_TIMED_OUT`
    public static let timedOut: Self = -185
    /// `_QUEUE_FULL`
    public static let queueFull: Self = -184
    /// `_SSL`
    public static let tls: Self = -181
    /// `_ASSIGN_PARTITIONS`
    static let assignPartitions: Self = -175
    /// `_REVOKE_PARTITIONS`
    static let revokePartitions: Self = -174
    /// `_STATE`: the client cannot do that as it is now.
    public static let wrongState: Self = -172
    /// `_AUTHENTICATION`
    public static let authentication: Self = -169
    /// `_PURGE_QUEUE`: a record was dropped before it was sent.
    public static let purgedFromQueue: Self = -152
    /// `_PURGE_INFLIGHT`: a record was dropped while it was on its way.
    public static let purgedInFlight: Self = -151
    /// `_FATAL`: the client is of no use any more; the reason has a number of its own.
    public static let fatal: Self = -150
    /// `_MAX_POLL_EXCEEDED`: the group has excluded a consumer that did not poll.
    public static let maxPollExceeded: Self = -147
    /// `_FENCED`: another client has taken the transactional id or the instance id.
    public static let fencedClient: Self = -144
}

/// A broker's.
extension KafkaErrorCode {
    /// `UNKNOWN_TOPIC_OR_PART`
    public static let unknownTopicOrPartition: Self = 3
    /// `LEADER_NOT_AVAILABLE`
    public static let leaderNotAvailable: Self = 5
    /// `NOT_LEADER_FOR_PARTITION`
    public static let notLeader: Self = 6
    /// `REQUEST_TIMED_OUT`
    public static let requestTimedOut: Self = 7
    /// `MSG_SIZE_TOO_LARGE`
    public static let tooLarge: Self = 10
    /// `COORDINATOR_LOAD_IN_PROGRESS`
    public static let coordinatorLoading: Self = 14
    /// `COORDINATOR_NOT_AVAILABLE`
    public static let coordinatorNotAvailable: Self = 15
    /// `NOT_COORDINATOR`
    public static let notCoordinator: Self = 16
    /// `NOT_ENOUGH_REPLICAS`
    public static let notEnoughReplicas: Self = 19
    /// `NOT_ENOUGH_REPLICAS_AFTER_APPEND`
    public static let notEnoughReplicasAfterAppend: Self = 20
    /// `INVALID_REQUIRED_ACKS`
    public static let invalidAcknowledgements: Self = 21
    /// `ILLEGAL_GENERATION`
    public static let illegalGeneration: Self = 22
    /// `UNKNOWN_MEMBER_ID`
    public static let unknownMember: Self = 25
    /// `INVALID_SESSION_TIMEOUT`
    public static let invalidSessionTimeout: Self = 26
    /// `REBALANCE_IN_PROGRESS`
    public static let rebalanceInProgress: Self = 27
    /// `TOPIC_AUTHORIZATION_FAILED`
    public static let topicNotAllowed: Self = 29
    /// `GROUP_AUTHORIZATION_FAILED`
    public static let groupNotAllowed: Self = 30
    /// `CLUSTER_AUTHORIZATION_FAILED`
    public static let clusterNotAllowed: Self = 31
    /// `TOPIC_ALREADY_EXISTS`
    public static let topicAlreadyThere: Self = 36
    /// `INVALID_PRODUCER_EPOCH`
    public static let invalidProducerEpoch: Self = 47
    /// `INVALID_TRANSACTION_TIMEOUT`
    public static let invalidTransactionTimeout: Self = 50
    /// `CONCURRENT_TRANSACTIONS`
    public static let concurrentTransactions: Self = 51
    /// `TRANSACTIONAL_ID_AUTHORIZATION_FAILED`
    public static let transactionalIDNotAllowed: Self = 53
    /// `SASL_AUTHENTICATION_FAILED`
    public static let loginFailed: Self = 58
    /// `GROUP_ID_NOT_FOUND`
    public static let groupNotFound: Self = 69
    /// `FENCED_INSTANCE_ID`
    public static let fencedInstance: Self = 82
    /// `UNSTABLE_OFFSET_COMMIT`: a transaction on the offsets is still open.
    public static let unstableOffsets: Self = 88
    /// `PRODUCER_FENCED`
    public static let producerFenced: Self = 90
}
