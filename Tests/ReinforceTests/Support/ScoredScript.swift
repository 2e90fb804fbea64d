import JSON
import TestSupport

@testable import Reinforce

/// A random log of the scored topic with what the process does behind each record, all from one seed.
struct ScoredScript {
    /// One record and what follows it.
    struct Step {
        let offset: Int64
        let value: [UInt8]
        /// Groups are looked at; time may have passed up to here.
        var closes = false
        var now: Int64?
        /// Everything that waits for a batch is written.
        var writes = false
    }

    let configuration: GroupStageConfiguration
    let decider: GroupDecider
    private(set) var steps: [Step] = []

    private struct Running {
        let key: ThreadKey
        let pairing: Pairing
        let claimed: Int64
    }

    static let examples: ExampleTable = {
        var table = ExampleTable()
        for name in ["e0", "e1"] {
            let text = "{\"example_id\":\"\(name)\",\"data\":{\"q\":1,\"a\":2},\"input_keys\":[\"q\"]}"
            if let example = try? ExampleTable.example(Array(text.utf8)) { table.insert(example) }
        }
        return table
    }()

    init(seed: Int, records: Int) {
        var random = SeededNumbers(seed: seed)
        var groups = GroupConfiguration()
        groups.deadline = random.pick([12, 40, 120, 1_000_000])
        groups.settle = random.pick([0, 0, 6])
        groups.minUsable = random.pick([1, 2])
        var configuration = GroupStageConfiguration(groups)
        configuration.closedMemoryRecords = random.pick([0, 10, 40, 1_000_000])
        configuration.exampleGrace = 15
        let sources = (0..<random.pick([1, 2, 3])).map { TimeSource(topic: "events", partition: Int32($0)) }
        if random.chance(50) { configuration.sources = Set(sources) }
        self.configuration = configuration
        decider = GroupDecider(groups, estimator: .dashflow, rewards: RewardConfiguration(), examples: Self.examples)
        write(records, sources, &random)
    }

    private mutating func write(_ records: Int, _ sources: [TimeSource], _ random: inout SeededNumbers) {
        var time: Int64 = 1000
        var offset: Int64 = 0
        var threads = 0
        var running: [Running] = []
        var done: [Rollout] = []
        while steps.count < records {
            time += Int64(random.pick([0, 0, 1, 1, 2, random.chance(4) ? 30 : 1]))
            offset += Int64(random.pick([1, 1, 1, 2, 4]))
            let record: ScoredRecord
            switch random.below(100) {
            case 0..<32:
                let thread = Self.thread(threads, at: time - Int64(random.pick([0, 0, 3, 9])), &random)
                threads += 1
                // one in five says nothing before it is done
                if random.chance(20) {
                    record = .scored(Self.rollout(thread, at: time, &random))
                } else {
                    running.append(thread)
                    record = .claim(GroupClaim(thread.key, thread.pairing, time: thread.claimed))
                }
            case 32..<64 where !running.isEmpty:
                let thread = running.remove(at: random.below(running.count))
                let rollout = Self.rollout(thread, at: time - Int64(random.pick([0, 0, 2, 10])), &random)
                done.append(rollout)
                record = .scored(rollout)
            case 64..<70 where !running.isEmpty:
                let thread = running.remove(at: random.below(running.count))
                record = .withdrawal(ClaimWithdrawal(thread.key, groupID: thread.pairing.groupID))
            case 70..<75 where !running.isEmpty:
                let thread = running[random.below(running.count)]
                record = .claim(GroupClaim(thread.key, thread.pairing, time: thread.claimed))
            case 75..<78 where !done.isEmpty: record = .scored(done[random.below(done.count)])
            default:
                let behind = Int64(random.pick([0, 0, 2, 5]))
                let said = random.chance(8) ? nil : time - behind
                record = .time(SourceTime(random.pick(sources), time: said, isIdle: random.chance(20)))
            }
            var step = Step(offset: offset, value: record.encoded())
            step.closes = random.chance(70)
            step.now = random.chance(15) ? time + 4 : nil
            step.writes = random.chance(12)
            steps.append(step)
        }
    }

    private static func thread(_ number: Int, at time: Int64, _ random: inout SeededNumbers) -> Running {
        // few groups at a time, and now and then one that was there before
        let group = random.chance(90) ? number / 5 : random.below(number / 5 + 1)
        let size = 1 + group % 4
        let pairing = Pairing(
            exampleID: random.chance(4) ? "e1" : group % 11 == 10 ? "gone" : "e0",
            groupID: Text("g\(group)"),
            rolloutIndex: random.below(size),
            groupSize: size,
            policyVersion: "7",
            attempt: random.below(2),
            runID: nil,
            trainable: true
        )
        return Running(key: ThreadKey(tenant: "t", thread: Text("r\(number)")), pairing: pairing, claimed: time)
    }

    private static func rollout(_ thread: Running, at time: Int64, _ random: inout SeededNumbers) -> Rollout {
        var trajectory = Trajectory(
            key: thread.key,
            outcome: .completed,
            source: SourceRange(partition: 0, firstOffset: 1, lastOffset: 2),
            entry: OpenEntry(first: RestorePlan.First(offset: 1, index: 0))
        )
        trajectory.claimTime = thread.claimed
        trajectory.decisionTime = max(time, thread.claimed)
        trajectory.endedAt = trajectory.decisionTime * 1000
        let reward = Double(random.below(4)) / 4
        let value = RewardValue(name: "match", weight: 1, value: reward, status: .ok)
        return Rollout(trajectory, thread.pairing, (.success(reward), [value]))
    }
}
