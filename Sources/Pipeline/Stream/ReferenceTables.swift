internal import DashStream
internal import JSON
internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings
internal import Telemetry

/// What a table has learnt since it was last asked.
enum ReferenceChange {
    case example(Example)
    case noExample(Text)
    /// A pairing that came beside the trace: the record's key, value and time, and the partition it stands on.
    case pairing(key: [UInt8]?, value: [UInt8]?, timestamp: Int64, partition: Int32)
    /// Something was said of a rollout from outside its trace; nil: somebody was asked just now, else the record's time
    /// and the partition it stands on.
    case reward(RewardRecord, topic: (timestamp: Int64, partition: Int32)?)
    /// A record of the rewards topic that says nothing: its key, what is wrong, and its partition.
    case brokenReward(key: [UInt8]?, String, partition: Int32)
    /// Somebody who was asked about a whole group has answered just now.
    case ranking(GroupRewardRecord)
    /// A policy version of a tenant, or of all of them, is there from that time on.
    case policy(Int64, tenant: Text?, at: Int64)
}

/// Training examples and pairings that stand on topics.
final class ReferenceTables {
    private let settings: Settings
    private let log: Logger
    private var keyed: KeyedExamples
    /// The examples as they are now.
    var examples: ExampleTable { keyed.table }
    private let exampleTopic: TableTopic?
    private let rollouts: TableTopic?
    private let rewards: TableTopic?
    private let policyTopic: TableTopic?
    /// What the policy topic has told so far.
    private(set) var policies = PolicyHistory()
    private var saidBrokenPolicy = false
    /// Versions that are kept of what the policy topic tells of a tenant, the latest.
    static let maxPolicySteps = 4096
    /// Records of the examples topic that are no example and not known to be among the dead letters.
    private(set) var broken = BrokenExamples()

    /// - Parameter examples: those of the file; nil: they come from the topic.
    init(_ settings: Settings, _ examples: ExampleTable?, _ client: ClientConfiguration, _ log: Logger)
        throws(KafkaError)
    {
        self.settings = settings
        self.log = log
        let needsLabels = settings.stageConfiguration().rewards.needsLabels
        keyed = KeyedExamples(examples ?? ExampleTable(), needsLabels: needsLabels)
        func table(_ topic: String, if isRead: Bool) throws(KafkaError) -> TableTopic? {
            isRead ? try TableTopic(topic, client, app: settings.appID) : nil
        }
        let topics = settings.topics
        exampleTopic = try table(topics.examples, if: examples == nil)
        rollouts = try table(topics.rollouts, if: !topics.rollouts.isEmpty)
        rewards = try table(topics.rewards, if: settings.readsRewards)
        policyTopic = try table(topics.policy, if: !topics.policy.isEmpty)
    }

    /// The examples come from a file.
    var areFromFile: Bool { exampleTopic == nil }

    /// Reads the policy's versions and the examples to their end, and checks the examples as a file's are.
    func load() throws {
        try policyTopic?.readWhole { record in _ = policy(record) }
        guard let exampleTopic else { return }
        try exampleTopic.readWhole { record in _ = take(record) }
        log.info(
            "examples",
            ["topic": .init(exampleTopic.name), "count": .init(examples.count), "broken": .init(broken.count)]
        )
        if let problem = settings.tooFewExamples(examples.count, "topic \(exampleTopic.name)") {
            throw PipelineProblem(.data, problem)
        }
    }

    /// Takes what has come since.
    func poll(_ body: (ReferenceChange) -> Void) throws {
        try exampleTopic?.poll { record in for change in take(record) { body(change) } }
        try rollouts?.poll { record in body(pairing(record)) }
        try rewards?.poll { record in if let change = reward(record) { body(change) } }
        try policyTopic?.poll { record in if let change = policy(record) { body(change) } }
    }

    /// Takes a version; nil: the record tells none.
    private func policy(_ record: borrowing Record) -> ReferenceChange? {
        guard let value = bytes(record.value) else { return nil }
        do throws(PolicyRecordProblem) {
            let told = try PolicyRecord(value)
            saidBrokenPolicy = false
            policies.note(told.version, of: told.tenant, at: record.timestamp, keeping: Self.maxPolicySteps)
            return .policy(told.version, tenant: told.tenant, at: record.timestamp)
        } catch {
            // one line for a row of them
            if !saidBrokenPolicy {
                log.warning(
                    "a record of the policy topic tells no version and is passed over: write {\"policy_version\": 17}",
                    ["topic": .init(settings.topics.policy), "problem": .init("\(error)")]
                )
            }
            saidBrokenPolicy = true
            return nil
        }
    }

    /// Reads the pairings and rewards of these partitions of the events topic too: whoever takes such a partition up has none
    /// of them. What is read comes out of ``poll(_:)``.
    func follow(pairings: [Int32: (low: Int64, high: Int64)], rewards: [Int32: (low: Int64, high: Int64)])
        throws(KafkaError)
    {
        try rollouts?.follow(pairings)
        try self.rewards?.follow(rewards)
    }

    /// Whether the pairings and rewards of a partition were read to where they ended when it was taken up.
    func isThrough(_ partition: Int32) -> Bool {
        rollouts?.isThrough(partition) ?? true && rewards?.isThrough(partition) ?? true
    }

    /// The pairings and rewards of a partition are needed no more.
    func leave(_ partition: Int32) throws(KafkaError) {
        try rollouts?.leave(partition)
        try rewards?.leave(partition)
    }

    private func reward(_ record: borrowing Record) -> ReferenceChange? {
        guard let value = bytes(record.value) else { return nil }
        let key = bytes(record.key)
        do throws(RewardRecordProblem) {
            switch try RewardLine(value, recordKey: key.flatMap { Text(utf8: unsafe $0.span.bytes) }) {
            case .rollout(let said): return .reward(said, topic: (record.timestamp, record.partition))
            // what a group was decided by is for replays: here somebody is asked, again after a restart
            case .group: return nil
            }
        } catch {
            return .brokenReward(key: key, "\(error)", partition: record.partition)
        }
    }

    private func pairing(_ record: borrowing Record) -> ReferenceChange {
        .pairing(
            key: bytes(record.key),
            value: bytes(record.value),
            timestamp: record.timestamp,
            partition: record.partition
        )
    }

    private func take(_ record: borrowing Record) -> [ReferenceChange] {
        do throws(Poison) {
            return try keyed.take(key: bytes(record.key), value: bytes(record.value)).map { change in
                switch change {
                case .put(let example): .example(example)
                case .removed(let id): .noExample(id)
                }
            }
        } catch {
            broken.add(BrokenExample(record, error))
            return []
        }
    }

    /// The next offset that is read of a partition of the examples topic.
    func examplePosition(of place: TopicPartition) -> Int64? { exampleTopic?.position(of: place.partition) }

    /// Broken examples below an offset are among the dead letters.
    func forgetBroken(_ place: TopicPartition, below offset: Int64) { broken.forget(place, below: offset) }

    private func bytes(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}
