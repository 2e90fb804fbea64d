internal import CRdkafka

/// What librdkafka could not do, and what the caller may do next.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What helps.
    public enum Recovery: String, Sendable, Hashable {
        /// The same call again.
        case retry
        /// Abort the transaction, then begin it again.
        case abortTransaction
        /// A new client: this one is of no use any more.
        case recreateClient
        /// Nothing that a program could do by itself.
        case none
    }

    /// librdkafka's or the broker's number.
    public let code: KafkaErrorCode
    /// Its name, as `UNKNOWN_TOPIC_OR_PART`.
    public let name: String
    /// What helps.
    public let recovery: Recovery
    /// What it says.
    public let message: String
    /// What was being done.
    public let operation: String

    /// An error.
    public init(code: KafkaErrorCode, name: String, recovery: Recovery, message: String, operation: String) {
        self.code = code
        self.name = name
        self.recovery = recovery
        self.message = message
        self.operation = operation
    }

    /// The client itself is of no use any more.
    public var isFatal: Bool { recovery == .recreateClient }

    /// One sentence: what, why, and what helps.
    public var description: String {
        let advice =
            switch recovery {
            case .retry: ", try again"
            case .abortTransaction: ", abort the transaction"
            case .recreateClient: ", make a new client"
            case .none: ""
            }
        return "cannot \(operation): \(message) (\(name)\(advice))"
    }
}

extension KafkaError {
    /// `UNKNOWN_TOPIC_OR_PART`: the topic is not there, or not for us.
    public var isUnknownTopic: Bool {
        [.unknownTopicOrPartition, .unknownTopic, .unknownPartition].contains(code)
    }
    /// Nothing more is there at the moment.
    public var isPartitionEnd: Bool { code == .partitionEnd }
    /// The topic is there already.
    public var isTopicAlreadyThere: Bool { code == .topicAlreadyThere }
    /// A broker refused our credentials, or its own could not be trusted.
    public var isRefusal: Bool { code == .authentication || code == .tls }
    /// The broker does not know us, or does not let us.
    public var isNotAllowed: Bool {
        [
            .topicNotAllowed, .groupNotAllowed, .clusterNotAllowed, .transactionalIDNotAllowed, .loginFailed,
            .authentication,
        ].contains(code)
    }
    /// No broker can be talked to at the moment; librdkafka connects again by itself.
    public var isUnanswered: Bool {
        [.transport, .resolve, .allBrokersDown, .timedOut, .messageTimedOut].contains(code)
    }
    /// It passes by itself.
    public var isPassing: Bool { isUnanswered || recovery == .retry }
    /// Another client has taken our instance id or transactional id, or a broker takes us for such another one.
    public var isFence: Bool {
        [.fencedInstance, .fencedClient, .producerFenced, .invalidProducerEpoch].contains(code)
    }
    /// The group has moved on without us: what is ours is settled by polling, or by joining anew.
    public var isOfGroup: Bool {
        [.illegalGeneration, .unknownMember, .rebalanceInProgress, .fencedInstance].contains(code)
    }
    /// `_MAX_POLL_EXCEEDED`: the group has gone on without a consumer that did not poll for too long; it joins again by itself.
    public var isTooSlow: Bool { code == .maxPollExceeded }
    /// The client holds as many records as it may.
    var isQueueFull: Bool { code == .queueFull }
    /// A record is larger than the client or the topic allows.
    public var isTooLarge: Bool { code == .tooLarge }
}
