internal import DashStream

/// What the simulated producers do wrong, and how often.
public struct TrafficOptions: Sendable, Hashable {
    /// Rollouts of a group.
    public var groupSize = 8
    /// Share of rollouts that fail.
    public var failures = 0.02
    /// Share of records that come twice.
    public var duplicates = 0.02
    /// Share of records that come some records late.
    public var late = 0.01
    /// Share of rollouts whose answer is asked for a second time in the middle of its stream.
    public var retries = 0.0
    /// Share of rollouts one of whose model calls fails.
    public var modelErrors = 0.0
    /// Share of rollouts whose answer is judged by two other models side by side.
    public var judges = 0.0
    /// The tenant.
    public var tenant = "demo"

    /// The defaults.
    public init() {}
}

/// A record as a producer would write it.
public struct TrafficRecord: Sendable, Hashable {
    /// The thread's id.
    public let key: [UInt8]
    /// The frame.
    public let value: [UInt8]
    /// Milliseconds since 1970.
    public var timestamp: Int64
}

/// Makes the records of whole groups: rollouts run side by side, records come twice or late now and then.
public struct Traffic {
    private let options: TrafficOptions
    private var random: SeededRandom

    /// - Parameter seed: of all that is random.
    public init(_ options: TrafficOptions, seed: UInt64) {
        self.options = options
        random = SeededRandom(seed)
    }

    /// Rollouts of one policy, a group for each task.
    ///
    /// - Parameters:
    ///   - round: part of every id.
    ///   - start: when they begin, milliseconds since 1970.
    /// - Returns: records in the order they are written.
    public mutating func round(_ round: Int, _ tasks: [SimulatedTask], _ policy: SoftmaxPolicy, start: Int64)
        -> [TrafficRecord]
    {
        var timed: [(time: Int64, record: TrafficRecord)] = []
        for task in tasks {
            let group = "\(task.id)-v\(policy.version)-\(round)"
            for slot in 0..<options.groupSize {
                let (answer, logprob) = policy.sample(task.id, &random)
                let rollout = SimulatedRollout(
                    tenant: options.tenant,
                    thread: "\(group)-\(slot)",
                    task: task,
                    group: group,
                    slot: slot,
                    groupSize: options.groupSize,
                    policyVersion: policy.version,
                    answer: answer,
                    logprob: logprob,
                    fails: random.unit() < options.failures,
                    faults: SimulatedChat.Faults(
                        retries: happens(options.retries),
                        fails: happens(options.modelErrors),
                        isJudged: happens(options.judges)
                    )
                )
                let begin = start * 1000 + Int64.random(in: 0...20_000, using: &random)
                append(rollout, begin, &timed)
            }
        }
        timed.sort { ($0.time, $0.record.key.lexicographic) < ($1.time, $1.record.key.lexicographic) }
        return timed.map { time, record in
            var record = record
            record.timestamp = time / 1000
            return record
        }
    }

    /// Whether something happens this time; nothing is drawn for what never does.
    private mutating func happens(_ share: Double) -> Bool { share > 0 && random.unit() < share }

    private mutating func append(
        _ rollout: SimulatedRollout,
        _ begin: Int64,
        _ timed: inout [(time: Int64, record: TrafficRecord)]
    ) {
        let encoder = FrameEncoder()
        let key = Array(rollout.thread.utf8)
        var time = begin
        for message in rollout.messages(startedAt: begin, &random) {
            time = max(time, message.timestampMicroseconds)
            let record = TrafficRecord(key: key, value: encoder.encode(message), timestamp: 0)
            let delay = random.unit() < options.late ? Int64.random(in: 1000...15_000, using: &random) : 0
            timed.append((time + delay, record))
            if random.unit() < options.duplicates { timed.append((time + delay + 500, record)) }
        }
    }
}

extension [UInt8] {
    /// The bytes as text, for an order that does not depend on how a sort treats equals.
    fileprivate var lexicographic: String { String(decoding: self, as: UTF8.self) }
}
