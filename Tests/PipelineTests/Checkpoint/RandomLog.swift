import DashStream
import JSON
import Reinforce

/// SplitMix64, so that every log follows from its seed.
struct TestRandom: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0xD6E8_FEB8_6659_FD93 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}

/// A log of one partition as `checkpoint_model.py` makes them, in real frames: threads that are silent, late, sent twice,
/// out of order, without a start, of a key used before; batches of several threads; timestamps that go back or lie.
struct RandomLog {
    struct Record {
        let key: [UInt8]
        let value: [UInt8]
        let timestamp: Int64
        /// Too far ahead when it is read first; a restart may find it believable.
        let isAhead: Bool
    }

    /// What comes beside the log, before the record at `offset` is read.
    struct Side {
        let offset: Int
        let content: Content
        enum Content {
            case example(String)
            case pairing([UInt8], timestamp: Int64)
        }
    }

    private(set) var records: [Record] = []
    private(set) var sides: [Side] = []
    private var random: TestRandom
    private var messages: UInt64 = 0
    private var batch: [OutgoingMessage] = []
    private var places: [String: Int] = [:]
    /// Pairings may come beside the trace: only where no key can open twice, since they leave with their thread.
    private let hasRegistry: Bool

    /// - Parameter isOutsideKnown: what comes beside the log is there before it begins.
    init(_ seed: UInt64, count: Int, hasRegistry: Bool, isOutsideKnown: Bool) {
        random = TestRandom(seed)
        self.hasRegistry = hasRegistry
        var time: Int64 = 1_000_000
        var live: [(key: String, at: UInt64, length: UInt64)] = []
        var closed: [String] = []
        var keys = 0
        sides.append(Side(offset: random.below(count), content: .example("e1")))
        while records.count < count {
            time += Int64(random.pick([0, 0, 1, 1, 2, random.chance(0.05) ? 5 : 1]))
            let stamp = time - Int64(random.pick([0, 0, 0, 3, 10]))
            let roll = Double(random.below(100)) / 100
            if roll < 0.15 || live.isEmpty, live.count < 12 {
                let key = random.chance(0.9) || closed.isEmpty ? "k\(keys)" : random.pick(closed)
                keys += 1
                live.append((key, 1, random.pick([2, 3, 5, 8, 60])))
                append(key, 1, type: 1, stamp)
            } else if roll < 0.2, let key = closed.isEmpty ? nil : Optional(random.pick(closed)) {
                append(key, UInt64(1 + random.below(5)), type: random.pick([11, 2, 1]), stamp)
            } else if !live.isEmpty {
                let index = random.below(live.count)
                if random.chance(0.1) {
                    append(live[index].key, live[index].at, type: 11, stamp)
                    continue
                }
                live[index].at += random.chance(0.04) ? 2 : 1
                let (key, at, length) = live[index]
                if at >= length {
                    if random.chance(0.85) { append(key, at, type: 2, stamp) }
                    live.remove(at: index)
                    closed.append(key)
                } else {
                    append(key, at, type: random.chance(0.1) ? 81 : random.chance(0.03) ? 12 : 11, stamp)
                }
            }
        }
        if isOutsideKnown { sides = sides.map { Side(offset: 0, content: $0.content) } }
        sides.sort { $0.offset < $1.offset }
    }

    private mutating func append(_ key: String, _ sequence: UInt64, type: Int32, _ timestamp: Int64) {
        messages += 1
        // one id for a key and a sequence: what says it again is a duplicate, whatever else it says
        let id = Array("\(key)/\(sequence)/\(type == 81 ? 1 : 0)".utf8)
        let header = OutgoingHeader(
            messageID: id,
            timestampMicroseconds: timestamp * 1000,
            tenantID: "t",
            threadID: key,
            sequence: sequence
        )
        var attributes: [(String, OutgoingAttribute)] = [("rl.reward.\(messages)", .float(1))]
        if type == 1 { attributes += pairing(key, timestamp) }
        batch.append(.event(header, type: type, node: "n", attributes: attributes))
        if random.chance(0.08), batch.count < 3 { return }
        let isAhead = random.chance(0.02)
        let value =
            batch.count == 1
            ? FrameEncoder().encode(batch[0])
            : FrameEncoder().encode(
                .batch(
                    OutgoingHeader(
                        messageID: Array("b\(messages)".utf8),
                        timestampMicroseconds: 0,
                        tenantID: "t",
                        threadID: key,
                        sequence: 0
                    ),
                    batch
                )
            )
        batch = []
        let time = isAhead ? timestamp + 1_000_000 : random.chance(0.03) ? -1 : timestamp
        records.append(Record(key: Array(key.utf8), value: value, timestamp: time, isAhead: isAhead))
    }

    private mutating func pairing(_ key: String, _ timestamp: Int64) -> [(String, OutgoingAttribute)] {
        let group = "g\(random.below(4))"
        let example = random.pick(["e0", "e0", "e1", "e2"])
        if random.chance(0.7) {
            return [
                ("example_id", .string(example)), ("group_id", .string(group)), ("rollout_index", .integer(0)),
                ("group_size", .integer(2)), ("policy_version", .integer(1)),
            ]
        }
        guard hasRegistry else { return [] }
        for _ in 0..<random.below(3) {
            let text =
                #"{"tenant_id":"t","thread_id":"\#(key)","example_id":"\#(example)","group_id":"g\#(random.below(4))","#
                + #""rollout_index":0,"group_size":2,"policy_version":1}"#
            let offset = max(0, records.count + random.below(60) - 30)
            let written = timestamp + Int64(random.below(30) - 15)
            sides.append(Side(offset: offset, content: .pairing(Array(text.utf8), timestamp: written)))
        }
        return []
    }
}
