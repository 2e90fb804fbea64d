import Kafka

/// Takes what the group gives, from its beginning, and knows that it has come. Not the object that owns the consumer: a consumer
/// holds its handler, and the two would never end.
final class JoinHandler: RebalanceHandler {
    var hasJoined = false

    func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset] {
        hasJoined = true
        return partitions.map { PartitionOffset($0, .beginning) }
    }

    func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext) {}
}
