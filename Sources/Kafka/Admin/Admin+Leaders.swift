internal import Foundation

extension Admin {
    /// Waits until every partition of a topic has a leader: a topic made a moment ago may refuse its first records.
    ///
    /// - Throws: ``KafkaError`` when that takes longer than `milliseconds`.
    public func awaitLeaders(of topic: String, milliseconds: Int = 15_000) throws(KafkaError) {
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        while true {
            do throws(KafkaError) {
                if let found = try topics(topic).first, found.partitions > 0, found.leaders == Int(found.partitions) {
                    return
                }
            } catch {
                // not known everywhere yet
                guard error.isUnknownTopic || error.recovery == .retry, Date() < deadline else { throw error }
            }
            guard Date() < deadline else {
                throw KafkaError(
                    .leaderNotAvailable,
                    "wait for topic \(topic)",
                    "not every partition has a leader yet"
                )
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }
}
