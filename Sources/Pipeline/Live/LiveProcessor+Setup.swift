public import Kafka
internal import Reinforce
public import Settings
internal import Telemetry

extension Settings {
    /// Properties of every Kafka client: brokers, and what stands under `kafka`.
    public func clientConfiguration() -> ClientConfiguration {
        var configuration = ClientConfiguration(brokers: kafka.brokers)
        configuration[.clientID] = appID
        for property in kafka.properties {
            guard let equals = property.firstIndex(of: "=") else { continue }
            configuration[property: String(property[..<equals])] = String(property[property.index(after: equals)...])
        }
        return configuration
    }
}

extension LiveProcessor {
    /// How many partitions the topic has.
    ///
    /// - Throws: ``PipelineProblem`` where no broker answers or the topic is not there.
    static func partitions(of topic: String, _ configuration: ClientConfiguration) throws(PipelineProblem) -> Int32 {
        do throws(KafkaError) {
            let admin = try Admin(configuration, milliseconds: 10_000)
            guard let count = try admin.topics(topic).first?.partitions, count > 0 else {
                throw KafkaError(
                    code: 3,
                    name: "UNKNOWN_TOPIC_OR_PART",
                    recovery: .none,
                    message: "it is not there",
                    operation: "describe topic \(topic)"
                )
            }
            return count
        } catch {
            throw PipelineProblem(error, configuration)
        }
    }

    /// librdkafka's own lines as ours.
    static func forward(_ log: Logger) -> @Sendable (LogLine) -> Void {
        { line in
            let level: LogLevel = line.level <= 3 ? .warning : line.level <= 5 ? .info : .debug
            log.log(level, line.message, ["from": .init("librdkafka/\(line.facility)")])
        }
    }

    /// Drops all state: the next session takes up what was committed.
    func forget() {
        partitions = [:]
        mustRejoin = false
        isPaused = false
        let rules = settings.groupConfiguration()
        let decider = GroupDecider(rules, estimator: estimator, rewards: stageConfiguration.rewards, examples: examples)
        groups = LiveGroups(decider, memory: rules.deadline + rules.settle + settings.assembly.idleTimeout)
        composer = BatchComposer(settings.batchConfiguration())
        composing = []
        composingSince = nil
    }
}

extension PipelineProblem {
    /// What a Kafka error means for a command, and what to do about it.
    public init(_ error: KafkaError, _ configuration: ClientConfiguration) {
        let brokers = configuration[.brokers] ?? "the brokers"
        if error.isUnknownTopic {
            self.init(
                .unavailable,
                "\(error.operation): there is no such topic on \(brokers); make it, or name another one"
            )
        } else if error.isNotAllowed {
            self.init(
                .notAllowed,
                "\(error); check the credentials and ACLs: `dash-reinforce check` says what is missing"
            )
        } else if [-195, -193, -187, -185].contains(error.code) {
            self.init(
                .unavailable,
                "\(error.operation): no broker answers at \(brokers) (\(error.message)); is Kafka running?"
            )
        } else {
            self.init(.unavailable, error.description)
        }
    }
}
