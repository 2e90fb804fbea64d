internal import EmbeddedKafka
public import Problems
public import Settings

/// A broker within this process with the topics of a configuration: for trying things out without a Kafka. What is on it
/// goes with the process.
public struct EmbeddedBroker: Sendable {
    /// How many partitions its topics of events have.
    public static let partitions: Int32 = 4

    private let cluster: MockCluster

    /// Where it listens, as HOST:PORT; on this machine alone.
    public var address: String { cluster.bootstrapServers }

    /// Starts it on a free port.
    ///
    /// - Parameter settings: which topics there are; from now on these settings name this broker, and nothing that a real
    ///   one needs (encryption, passwords).
    /// - Throws: ``PipelineProblem`` where it cannot listen.
    public init(for settings: inout Settings) throws(PipelineProblem) {
        do throws(MockClusterError) {
            cluster = try MockCluster()
            for topic in TopicPlan(settings, partitions: Self.partitions).topics {
                try cluster.createTopic(topic.name, partitions: topic.partitions)
            }
        } catch {
            throw PipelineProblem(.temporary, error.description)
        }
        settings.kafka.brokers = cluster.bootstrapServers
        settings.kafka.properties = []
    }
}
