import DashStream
import JSON
import Reinforce

/// Groups of threads that carry vectors: frames by the encoder, through the stage and the decider.
struct VectorTrace {
    /// What one thread says of itself.
    struct Thread {
        var answer = "right"
        var tenant = "t"
        var route: String?
        var embedding: OutgoingAttribute? = .bytes(littleEndian([1, 2, 3, 4]))
        var activations: OutgoingAttribute? = .bytes(littleEndian([0, 1, 0, -1]))
        var reward: OutgoingAttribute?
        var quality: OutgoingAttribute?
        var partition: Int32 = 0
    }

    private var stages: [Int32: StageBox] = [:]
    /// Everything that was written, as Kafka would hold it.
    private(set) var frames: [(key: [UInt8], value: [UInt8], timestamp: Int64)] = []
    private var offset: Int64 = 100
    private var count: UInt64 = 0
    let examples: ExampleTable
    private let captures: Bool

    private final class StageBox {
        var stage: ThreadStage

        init(_ configuration: ThreadStageConfiguration, _ examples: ExampleTable) {
            stage = ThreadStage(configuration, mode: .live, examples: examples)
        }
    }

    init(captures: Bool = true) {
        let line = #"{"example_id":"e","data":{"question":"q","answer":"right"},"input_keys":["question"]}"#
        examples = ExampleTable.read(lines: Array(line.utf8)).table
        self.captures = captures
    }

    /// Writes the threads of one group, and decides it.
    mutating func group(_ id: String, _ threads: [Thread]) -> DecidedGroup? {
        for (slot, thread) in threads.enumerated() { write(id, slot, threads.count, thread) }
        var rollouts: [Rollout] = []
        for box in stages.values {
            for case .rollout(let rollout) in box.stage.finished { rollouts.append(rollout) }
            box.stage.finished.removeAll()
        }
        guard let key = rollouts.first?.groupKey else { return nil }
        let decider = GroupDecider(
            GroupConfiguration(),
            estimator: .dashflow,
            rewards: RewardConfiguration(),
            examples: examples
        )
        return decider.decide(key, rollouts)
    }

    private mutating func write(_ group: String, _ slot: Int, _ size: Int, _ thread: Thread) {
        let id = "\(group)-\(slot)"
        var sequence: UInt64 = 0
        func header() -> OutgoingHeader {
            sequence += 1
            count += 1
            return OutgoingHeader(
                messageID: (0..<16).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) },
                timestampMicroseconds: Int64(1_700_000_000_000_000 + count),
                tenantID: thread.tenant,
                threadID: id,
                sequence: sequence
            )
        }
        func optional(_ pairs: [(String, OutgoingAttribute?)]) -> [(String, OutgoingAttribute)] {
            pairs.compactMap { name, value in value.map { (name, $0) } }
        }
        let start: [(String, OutgoingAttribute?)] = [
            ("initial_state_json", .string(#"{"question":"q"}"#)), ("example_id", .string("e")),
            ("group_id", .string(group)), ("rollout_index", .integer(Int64(slot))),
            ("group_size", .integer(Int64(size))), ("policy_version", .integer(1)),
            ("rl.query_embedding", thread.embedding), ("route", thread.route.map { .string($0) }),
        ]
        let end = optional([("rl.activations", thread.activations), ("rl.reward", thread.reward)])
        let state = JSONValue.object(
            JSONObject([("question", .string("q")), ("answer", .string(Text(thread.answer)))])
        )
        let messages: [OutgoingMessage] = [
            .event(header(), type: 1, attributes: optional(start)), .event(header(), type: 10, node: "n"),
            .stateDiff(header(), fullState: state.canonicalBytes),
            .event(header(), type: 11, node: "n", attributes: end, duration: 5),
            .event(header(), type: 2, attributes: optional([("rl.quality", thread.quality)])),
        ]
        var configuration = ThreadStageConfiguration()
        configuration.capturesVectors = captures
        let box = stages[thread.partition] ?? StageBox(configuration, examples)
        stages[thread.partition] = box
        for message in messages {
            let value = FrameEncoder().encode(message)
            frames.append((key: Array(id.utf8), value: value, timestamp: 1_700_000_000_000 + offset))
            let position = RecordPosition(
                partition: thread.partition,
                offset: offset,
                timestamp: 1_700_000_000_000 + offset
            )
            offset += 1
            _ = unsafe box.stage.receive(key: nil, value: value.span.bytes, at: position)
        }
    }

    static func littleEndian(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) } }
    }
}
