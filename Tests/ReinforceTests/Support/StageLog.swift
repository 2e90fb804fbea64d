import DashStream
import JSON

@testable import Reinforce

/// A partition's log for tests that need few messages of their own making, and stages that read it.
struct StageLog {
    struct Record {
        var key: [UInt8]
        var value: [UInt8]
        var timestamp: Int64
    }

    var records: [Record] = []
    private var messages: UInt64 = 0

    /// Appends a message; returns its offset. `id`: one of its own where it is nil.
    @discardableResult
    mutating func append(
        _ thread: String,
        _ sequence: UInt64,
        type: Int32,
        at timestamp: Int64,
        id: String? = nil,
        attributes: [(String, OutgoingAttribute)] = []
    ) -> Int64 {
        append(
            .event(header(thread, sequence, timestamp, id), type: type, node: "n", attributes: attributes),
            thread,
            timestamp
        )
    }

    private mutating func header(_ thread: String, _ sequence: UInt64, _ timestamp: Int64, _ id: String? = nil)
        -> OutgoingHeader
    {
        messages += 1
        return OutgoingHeader(
            messageID: Array((id ?? "m\(messages)").utf8),
            timestampMicroseconds: timestamp * 1000,
            tenantID: "t",
            threadID: thread,
            sequence: sequence
        )
    }

    private mutating func append(_ message: OutgoingMessage, _ thread: String, _ timestamp: Int64) -> Int64 {
        let value = FrameEncoder().encode(message)
        records.append(Record(key: Array(thread.utf8), value: value, timestamp: timestamp))
        return Int64(records.count - 1)
    }

    /// A diff; without a hash where it is nil.
    @discardableResult
    mutating func diff(
        _ thread: String,
        _ sequence: UInt64,
        _ operations: [OutgoingMessage.Operation],
        hash: [UInt8]?,
        at timestamp: Int64
    ) -> Int64 {
        append(
            .stateDiff(header(thread, sequence, timestamp), operations: operations, hash: hash ?? []),
            thread,
            timestamp
        )
    }

    /// GRAPH_START, with a pairing where an example is named.
    @discardableResult
    mutating func start(
        _ thread: String,
        at timestamp: Int64,
        example: String? = nil,
        group: String = "g",
        state: String? = nil,
        sequence: UInt64 = 1
    ) -> Int64 {
        var attributes: [(String, OutgoingAttribute)] = []
        if let example {
            attributes = [
                ("example_id", .string(example)), ("group_id", .string(group)), ("rollout_index", .integer(0)),
                ("group_size", .integer(2)), ("policy_version", .integer(1)),
            ]
        }
        if let state { attributes.append(("initial_state_json", .string(state))) }
        return append(thread, sequence, type: 1, at: timestamp, attributes: attributes)
    }

    /// GRAPH_END.
    @discardableResult
    mutating func end(_ thread: String, _ sequence: UInt64 = 2, at timestamp: Int64) -> Int64 {
        append(thread, sequence, type: 2, at: timestamp)
    }

    static func example(_ id: String) throws -> Example {
        try ExampleTable.example(Array(#"{"example_id":"\#(id)","data":{"q":"x"},"input_keys":["q"]}"#.utf8))
    }

    /// A live stage that knows these examples.
    static func stage(
        examples ids: [String] = ["e"],
        _ change: (inout ThreadStageConfiguration) -> Void = { _ in }
    ) throws -> ThreadStage {
        var configuration = ThreadStageConfiguration()
        configuration.assembly.reorderGraceRecords = 0
        configuration.assembly.reorderGrace = 0
        change(&configuration)
        var examples = ExampleTable()
        for id in ids { examples.insert(try example(id)) }
        return ThreadStage(configuration, mode: .live, examples: examples)
    }

    /// Reads offsets of the log.
    func read(_ range: Range<Int64>, into stage: inout ThreadStage) {
        for offset in range {
            let record = records[Int(offset)]
            let position = RecordPosition(partition: 3, offset: offset, timestamp: record.timestamp)
            _ = unsafe stage.receive(key: record.key.span.bytes, value: record.value.span.bytes, at: position)
        }
    }

    /// Reads all of it.
    func read(into stage: inout ThreadStage) { read(0..<Int64(records.count), into: &stage) }

    /// The plan of a checkpoint that a stage would write now.
    func plan(_ stage: borrowing ThreadStage, at position: Int64? = nil) -> RestorePlan {
        let entries = stage.openEntries
        return RestorePlan(
            position: position ?? Int64(records.count),
            streamTime: stage.streamTime,
            entries: entries,
            anchor: stage.anchor(of: entries)
        )
    }

    /// A registry record.
    static func pairing(_ thread: String, example: String = "e", group: String = "g", slot: Int = 0) -> [UInt8] {
        Array(
            (#"{"tenant_id":"t","thread_id":"\#(thread)","example_id":"\#(example)","group_id":"\#(group)","#
                + #""rollout_index":\#(slot),"group_size":2,"policy_version":1}"#).utf8
        )
    }
}

extension ThreadStage {
    /// Takes what is finished: the thread, and its group or why it is excluded.
    mutating func takeVerdicts() -> [String] {
        defer { finished = [] }
        return finished.map { thread in
            switch thread {
            case .rollout(let rollout): "\(rollout.key.thread.string) \(rollout.pairing.groupID.string)"
            case .excluded(let excluded): "\(excluded.trajectory.key.thread.string) \(excluded.reason.rawValue)"
            }
        }
    }

    /// Takes what groups are to be told, in words.
    mutating func takeClaimTexts() -> [String] {
        takeClaims().map { change in
            switch change {
            case .claim(let key, let pairing, let time): "+\(key.thread.string) \(pairing.groupID.string) \(time)"
            case .withdrawal(let key, let group): "-\(key.thread.string) \(group.group.string)"
            }
        }
    }
}
