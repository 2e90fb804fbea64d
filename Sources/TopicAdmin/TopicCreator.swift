internal import JSON
public import Kafka
public import Problems
public import Settings

/// Makes the topics of a plan that are missing, and leaves what is there alone.
public struct TopicCreator {
    /// What became of one topic.
    public struct Outcome: Sendable, Hashable {
        /// The topic as it shall be.
        public let topic: PlannedTopic
        /// It was made now.
        public let wasCreated: Bool
        /// Where it is not as planned, a sentence each.
        public let differences: [String]
    }

    private let settings: Settings
    private let configuration: ClientConfiguration
    private let admin: Admin

    /// - Throws: ``PipelineProblem`` where no client can be made.
    public init(_ settings: Settings, _ configuration: ClientConfiguration) throws(PipelineProblem) {
        self.settings = settings
        self.configuration = configuration
        do throws(KafkaError) {
            admin = try Admin(configuration)
        } catch {
            throw PipelineProblem(error, configuration)
        }
    }

    /// Makes what is missing.
    ///
    /// - Parameters:
    ///   - partitions: of events topics that are missing.
    ///   - replication: -1: the broker's default.
    /// - Throws: ``PipelineProblem`` at the first topic that cannot be made or described; those before it are made.
    public func create(partitions: Int32, replication: Int32) throws(PipelineProblem) -> [Outcome] {
        var existing: [String: Int32] = [:]
        do throws(KafkaError) {
            for topic in try admin.topics() { existing[topic.name] = topic.partitions }
        } catch {
            throw PipelineProblem(error, configuration)
        }
        var outcomes: [Outcome] = []
        for topic in TopicPlan(settings, partitions: partitions, existing: existing).topics {
            do throws(KafkaError) {
                outcomes.append(try make(topic, existing[topic.name], replication))
            } catch {
                throw problem(error, topic)
            }
        }
        return outcomes
    }

    private func make(_ topic: PlannedTopic, _ existing: Int32?, _ replication: Int32) throws(KafkaError) -> Outcome {
        if existing == nil {
            do throws(KafkaError) {
                try admin.createTopic(
                    topic.name,
                    partitions: topic.partitions,
                    replication: replication,
                    configuration: topic.configuration
                )
                try admin.awaitLeaders(of: topic.name)
                return Outcome(topic: topic, wasCreated: true, differences: [])
            } catch {
                // it is there, and was not shown to us
                guard error.isTopicAlreadyThere else { throw error }
            }
        }
        var found = existing
        if found == nil { found = try admin.topics(topic.name).first?.partitions }
        let actual = try admin.configuration(ofTopic: topic.name)
        return Outcome(topic: topic, wasCreated: false, differences: topic.differences(found ?? 0, actual))
    }

    private func problem(_ error: KafkaError, _ topic: PlannedTopic) -> PipelineProblem {
        guard error.isNotAllowed else { return PipelineProblem(error, configuration) }
        let operation: PlannedTopic.Operation = error.operation.hasPrefix("describe") ? .describeConfigs : .create
        return PipelineProblem(
            .notAllowed,
            "\(operation.rawValue) on topic \(topic.name) is not allowed (\(error.name)); let somebody who may run "
                + "`dash-reinforce topics create`, or grant it (`dash-reinforce topics plan` prints how)"
        )
    }
}

extension PlannedTopic {
    /// Where a topic that is there is not as planned.
    func differences(_ partitions: Int32, _ actual: [String: String]) -> [String] {
        var differences: [String] = []
        if partitions != self.partitions {
            differences.append("has \(partitions) partitions, planned are \(self.partitions)")
        }
        for (key, value) in configuration.sorted(by: { $0.key < $1.key }) {
            guard let found = actual[key], found != value else { continue }
            differences.append("has \(key)=\(found), planned is \(value)")
        }
        return differences
    }
}
