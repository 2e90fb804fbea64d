internal import DashStream

/// A record as a producer would write it.
public struct TrafficRecord: Sendable, Hashable {
    /// The thread's id.
    public let key: [UInt8]
    /// The frame.
    public let value: [UInt8]
    /// Milliseconds since 1970.
    public var timestamp: Int64
}

/// Makes the records of whole groups: rollouts run side by side, and now and then something goes wrong.
public struct Traffic {
    private let options: TrafficOptions
    private var random: SeededRandom
    private var poisoned = 0

    /// - Parameter seed: of all that is random, together with the run's name.
    public init(_ options: TrafficOptions, seed: UInt64) {
        self.options = options
        var mixed = seed
        // FNV-1a: message ids of two runs have nothing in common either
        if !options.run.isEmpty {
            mixed = options.run.utf8.reduce(seed ^ 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        random = SeededRandom(mixed)
    }

    /// Keys of the groups that ``round(_:_:_:start:)`` makes of the same.
    public func groups(_ round: Int, _ tasks: [SimulatedTask], _ policy: SoftmaxPolicy) -> Set<String> {
        Set(tasks.map { group(round, $0, policy) })
    }

    private func group(_ round: Int, _ task: SimulatedTask, _ policy: SoftmaxPolicy) -> String {
        let run = options.run.isEmpty ? "" : "\(options.run)-"
        return "\(run)\(task.id)-v\(policy.version)-\(round)"
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
            let group = group(round, task, policy)
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
                    fails: happens(options.failures),
                    isPaired: !happens(options.unpaired),
                    hasEnd: !happens(options.incomplete),
                    writesOn: happens(options.late),
                    step: options.step,
                    faults: SimulatedChat.Faults(
                        retries: happens(options.retries),
                        fails: happens(options.modelErrors),
                        isJudged: happens(options.judges)
                    )
                )
                let begin = start * 1000 + Int64.random(in: 0...max(1, options.spread) * 1000, using: &random)
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
            let step = options.step.upperBound
            let delay = happens(options.reordered) ? Int64.random(in: step / 4...step * 4, using: &random) : 0
            timed.append((time + delay, record))
            if happens(options.duplicates) { timed.append((time + delay + 500, record)) }
            if happens(options.poison) {
                let value = PoisonRecord.value(poisoned, &random)
                poisoned += 1
                timed.append((time + delay + 1, TrafficRecord(key: key, value: value, timestamp: 0)))
            }
        }
    }
}

extension [UInt8] {
    /// The bytes as text, for an order that does not depend on how a sort treats equals.
    fileprivate var lexicographic: String { String(decoding: self, as: UTF8.self) }
}
