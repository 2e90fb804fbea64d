internal import Kafka
internal import Synchronization

/// What became of one record for each topic.
final class Fates: Sendable {
    private let results = Mutex<[String: Result<Delivery, KafkaError>]>([:])

    func note(_ topic: String, _ result: Result<Delivery, KafkaError>) {
        results.withLock { $0[topic] = result }
    }

    subscript(topic: String) -> Result<Delivery, KafkaError>? { results.withLock { $0[topic] } }
}
