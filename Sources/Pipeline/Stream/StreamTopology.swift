internal import Foundation
internal import Kafka
internal import Problems
internal import Recordings
internal import Settings

/// The topics as they are: which are read, how many partitions each has, and what is wrong with them.
struct StreamTopology: Sendable {
    /// The events topics, as the configuration names them.
    let names: [String]
    /// Partitions of each events topic.
    let events: [String: Int32]
    /// The topic between the stages.
    let scored: String
    /// Its partitions.
    let scoredPartitions: Int32
    /// Bytes of a value that the scored topic takes.
    let maxScoredBytes: Int
    /// Threads that partitions are worked on by.
    let threads: Int
    /// Why none of it can be worked with.
    let problem: PipelineProblem?

    /// What the group reads.
    var inputs: [String] { events.keys.sorted() + [scored] }
    /// Every partition of an events topic: the sources of stage two's time.
    var sources: [TopicPartition] {
        events.sorted { $0.key < $1.key }.flatMap { topic, count in (0..<count).map { TopicPartition(topic, $0) } }
    }
    /// Whether a topic is read by stage one.
    func isEvents(_ topic: String) -> Bool { events[topic] != nil }
    /// The number of an events topic, in the order of the configuration.
    func number(of topic: String) -> Int32 { Int32(names.firstIndex(of: topic) ?? 0) }
    /// How many partitions an input has.
    func partitions(of topic: String) -> Int32 { events[topic] ?? scoredPartitions }

    /// Asks the broker.
    init(_ settings: Settings, _ client: ClientConfiguration, isEmbedded: Bool) throws(KafkaError) {
        names = settings.topics.events
        let admin = try Admin(client, milliseconds: 10_000)
        var events: [String: Int32] = [:]
        var problems: [String] = []
        for topic in settings.topics.events {
            events[topic] = try Self.count(topic, admin)
            guard !isEmbedded else { continue }
            let policy = try admin.configuration(ofTopic: topic)["cleanup.policy"] ?? ""
            if policy.contains("compact") {
                problems.append(
                    "topic \(topic) has cleanup.policy=\(policy): compaction removes events from the middle of a thread; "
                        + "set cleanup.policy=delete"
                )
            }
        }
        self.events = events
        scored = settings.scoredTopic
        scoredPartitions = try Self.count(scored, admin)
        let limit = isEmbedded ? nil : try admin.configuration(ofTopic: scored)["max.message.bytes"]
        // a broker's default, less what stands around a value
        maxScoredBytes = min(limit.flatMap { Int($0) } ?? 1_048_588, settings.limits.maxFrameBytes + 65_536) - 4096
        let all = events.values.max() ?? 1
        let planned = settings.topics.scoredPartitions == 0 ? all : Int32(settings.topics.scoredPartitions)
        if planned != scoredPartitions {
            problems.append(
                "topic \(scored) has \(scoredPartitions) partitions and the configuration plans \(planned): its groups "
                    + "would move; set topics.scored_partitions to \(scoredPartitions), or delete the topic while "
                    + "nothing is open and create it anew"
            )
        }
        var others = [settings.topics.output, settings.dlqTopic, settings.checkpointsTopic]
        if !settings.topics.ledger.isEmpty { others.append(settings.topics.ledger) }
        if !settings.topics.demand.isEmpty { others.append(settings.topics.demand) }
        // what whole groups were decided by is only written there
        if settings.writesRankingsOnly { others.append(settings.topics.rewards) }
        if !settings.topics.policy.isEmpty { others.append(settings.topics.policy) }
        for topic in others { _ = try Self.count(topic, admin) }
        if !settings.topics.rollouts.isEmpty, let first = settings.topics.events.first, let count = events[first] {
            let found = try Self.count(settings.topics.rollouts, admin)
            if found != count {
                problems.append(
                    "topic \(settings.topics.rollouts) has \(found) partitions and \(first) has \(count): pairings would "
                        + "not stand beside their threads; give both the same number"
                )
            }
        }
        if settings.readsRewards, let first = settings.topics.events.first, let count = events[first] {
            let found = try Self.count(settings.topics.rewards, admin)
            if found != count {
                problems.append(
                    "topic \(settings.topics.rewards) has \(found) partitions and \(first) has \(count): rewards would not "
                        + "stand beside their threads; give both the same number"
                )
            }
        }
        threads = max(1, min(ProcessInfo.processInfo.activeProcessorCount, 64))
        problem = problems.isEmpty ? nil : PipelineProblem(.usage, problems.joined(separator: "\n"))
    }

    private static func count(_ topic: String, _ admin: Admin) throws(KafkaError) -> Int32 {
        guard let count = try admin.topics(topic).first?.partitions, count > 0 else {
            throw .unknown(topic)
        }
        return count
    }
}
