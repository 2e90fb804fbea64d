public import Kafka
public import Settings

/// Looks whether the processor could work with a Kafka, and says what to do where it could not. Changes nothing there.
public struct Check {
    let settings: Settings
    let configuration: ClientConfiguration
    /// Who is granted what, in the advice.
    let principal: String
    private let onLog: (@Sendable (LogLine) -> Void)?

    /// - Parameters:
    ///   - principal: as in Kafka's ACLs, `User:NAME`.
    ///   - onLog: gets librdkafka's own lines.
    public init(
        _ settings: Settings,
        _ configuration: ClientConfiguration,
        principal: String,
        onLog: (@Sendable (LogLine) -> Void)? = nil
    ) {
        self.settings = settings
        self.configuration = configuration
        self.principal = principal
        self.onLog = onLog
    }

    /// Looks at everything; where no broker answers, at nothing that needs one. Blocks for up to a minute.
    public func run() -> [Finding] {
        var findings = [library()] + clashes
        let brokers = configuration[.brokers] ?? ""
        var found: [String: Int32] = [:]
        let admin: Admin
        do throws(KafkaError) {
            admin = try Admin(configuration, milliseconds: 10_000, onLog: onLog)
            for topic in try topics(admin) { found[topic.name] = topic.partitions }
            findings.append(.ok("brokers", "\(brokers) answers"))
        } catch {
            findings.append(connection(error, brokers))
            return findings
        }
        let plan = TopicPlan(settings, existing: found)
        var present: [PlannedTopic] = []
        for topic in plan.topics {
            let (isThere, seen) = look(at: topic, found[topic.name], admin)
            if isThere { present.append(topic) }
            findings += seen
        }
        findings += relations(plan, found)
        findings += permissions(present, admin)
        return findings
    }

    /// Asks for up to ten seconds; who is refused is so at once.
    private func topics(_ admin: Admin) throws(KafkaError) -> [TopicDescription] {
        for _ in 0..<4 {
            do throws(KafkaError) {
                return try admin.topics(milliseconds: 2000)
            } catch {
                guard error.recovery == .retry else { throw error }
            }
        }
        return try admin.topics(milliseconds: 2000)
    }

    /// A client that reads or writes, with the log of this check.
    func consumer(_ change: (inout ClientConfiguration) -> Void) throws(KafkaError) -> Consumer {
        var configuration = configuration
        configuration[.groupID] = settings.appID
        configuration[.autoCommit] = false
        configuration[.offsetReset] = "error"
        configuration[.partitionEnd] = true
        configuration[property: "fetch.wait.max.ms"] = "50"
        change(&configuration)
        return try Consumer(configuration, onLog: onLog)
    }

    /// A producer of ours.
    func producer(_ change: (inout ClientConfiguration) -> Void) throws(KafkaError) -> Producer {
        var configuration = configuration
        change(&configuration)
        return try Producer(configuration, onLog: onLog)
    }

    /// A transactional producer of ours.
    func transactions(_ id: String, _ change: (inout ClientConfiguration) -> Void) throws(KafkaError)
        -> TransactionalProducer
    {
        var configuration = configuration
        change(&configuration)
        return try TransactionalProducer(configuration, transactionalID: id, onLog: onLog)
    }
}
