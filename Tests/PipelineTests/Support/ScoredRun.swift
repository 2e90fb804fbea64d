import JSON

@testable import Pipeline
@testable import Reinforce

/// The second stage over several partitions of the scored topic, and what it makes of a run.
struct ScoredRun {
    /// What is compared: everything of a group but when and why it closed.
    struct Outcome: Hashable {
        let status: String
        let digest: String
        let members: [String]
        let late: Set<String>

        init(_ group: DecidedGroup, _ renderer: GroupRenderer) {
            status = group.status.rawValue
            digest = renderer.render(group).digest.hexadecimal
            members = group.members.map { member in
                var line: [UInt8] = []
                LedgerEntry(member).append(to: &line)
                return String(decoding: line, as: UTF8.self)
            }
            late = Set(group.late.map(\.key.thread.string))
        }
    }

    /// The golden runs, each once.
    static let cases = GoldenCase.all.filter { $0.timeouts == .exclude }

    let options: ReplayOptions
    private let renderer: GroupRenderer

    init(_ options: ReplayOptions) {
        self.options = options
        renderer = GroupRenderer(options.estimator, BatchConfiguration(), topics: ["t"])
    }

    private var decider: GroupDecider {
        GroupDecider(
            options.groups,
            estimator: options.estimator,
            rewards: options.stage.rewards,
            examples: options.examples
        )
    }

    /// The groups as a replay decides them.
    func replayed(_ rollouts: [Rollout]) -> [GroupKey: Outcome] {
        var groups: [GroupKey: Outcome] = [:]
        for (key, members) in Dictionary(grouping: rollouts, by: \.groupKey) {
            if let group = decider.decide(key, members) { groups[key] = Outcome(group, renderer) }
        }
        return groups
    }

    /// The groups as the second stage decides them over `count` partitions, from records in this order.
    func decided(_ records: [ScoredRecord], partitions count: Int) throws -> [GroupKey: Outcome] {
        var groups: [GroupKey: Outcome] = [:]
        for partition in 0..<count {
            var stage = GroupStage(GroupStageConfiguration(options.groups), decider)
            var offset: Int64 = 0
            for record in records {
                if let key = record.kafkaKey, Int(crc32(key)) % count != partition { continue }
                let position = RecordPosition(partition: Int32(partition), offset: offset, timestamp: 0)
                try unsafe stage.receive(record.encoded().span.bytes, at: position)
                offset += 1
                for group in stage.close() {
                    guard groups.updateValue(Outcome(group, renderer), forKey: group.key) == nil else {
                        throw Doubled(key: group.key)
                    }
                    stage.finished(group.key)
                }
            }
            guard stage.openGroups == 0, stage.fates.isEmpty else { throw LeftOver(groups: stage.openGroups) }
        }
        return groups
    }

    /// A group came twice.
    struct Doubled: Error { let key: GroupKey }
    /// A group did not close, or somebody was late.
    struct LeftOver: Error { let groups: Int }
}
