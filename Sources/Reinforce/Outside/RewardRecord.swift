public import JSON

/// A record of the rewards topic: what somebody has said of a thread.
public struct RewardRecord: Sendable, Hashable {
    /// The thread.
    public let key: ThreadKey
    /// The component that it is a value of.
    public let component: Text
    /// What was said.
    public let answer: RewardAnswer
    /// The rollout was scored by it when its partition's time was this, milliseconds: what is written later does not change
    /// that. Nil: it only says something.
    public let decidedAt: Int64?

    /// A record.
    public init(_ key: ThreadKey, component: Text, _ answer: RewardAnswer, decidedAt: Int64? = nil) {
        self.key = key
        self.component = component
        self.answer = answer
        self.decidedAt = decidedAt
    }

    /// The answer as what a rollout was scored by; nil: it only says something.
    var decision: RewardAnswer? {
        guard let decidedAt else { return nil }
        var answer = answer
        answer.decidedAt = decidedAt
        return answer
    }

    /// The same without a reason: explanations can be long, and no score needs them.
    public var withoutExplanation: RewardRecord {
        var answer = answer
        answer.explanation = nil
        return RewardRecord(key, component: component, answer, decidedAt: decidedAt)
    }

    /// The key of the record in Kafka.
    public var kafkaKey: [UInt8] { Array(key.thread.utf8) }

    /// The value: a JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("tenant_id", key.tenant.string)
            writer.field("thread_id", key.thread.string)
            writer.field("component", component.string)
            writer.field("value", optional: answer.value)
            answer.write(detailsTo: &writer)
            if let decidedAt { writer.field("decided_at_ms", decidedAt) }
        }
        return writer.bytes
    }

    /// A line of the ledger, without a fate: what came after its rollout was scored, a JSON object.
    public var lateLine: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("tenant_id", key.tenant.string)
            writer.field("thread_id", key.thread.string)
            writer.key("late_reward")
            writer.object { writer in
                writer.field("component", component.string)
                writer.field("value", optional: answer.value)
                writer.field("status", answer.status.rawValue)
                writer.field("evaluator", answer.evaluator.string)
                writer.field("evaluator_version", answer.version)
                writer.field("at_us", answer.at)
            }
        }
        return writer.bytes
    }

    /// Reads a record.
    ///
    /// - Parameters:
    ///   - text: its value.
    ///   - recordKey: its key, the thread's id where the value does not say it.
    /// - Throws: what is wrong with it.
    public init(_ text: [UInt8], recordKey: Text? = nil) throws(RewardRecordProblem) {
        try self.init(JSONObject(rewardRecord: text), recordKey: recordKey)
    }

    init(_ object: JSONObject, recordKey: Text?) throws(RewardRecordProblem) {
        let tenant = try object.tenant()
        var thread = recordKey
        if case .string(let named)? = object["thread_id"] { thread = named }
        guard let thread, !thread.string.isEmpty else { throw RewardRecordProblem("has no `thread_id`") }
        key = ThreadKey(tenant: tenant, thread: thread)
        component = try object.component()
        answer = try RewardAnswer(object)
        decidedAt = try object.integer("decided_at_ms")
    }
}

extension RewardAnswer {
    fileprivate init(_ object: JSONObject) throws(RewardRecordProblem) {
        let value: Double?
        switch object["value"] {
        case nil: throw RewardRecordProblem("has no `value` (a number, or null)")
        case .null?: value = nil
        case let given?:
            guard let number = given.asNumber, number.isFinite else {
                throw RewardRecordProblem("has a `value` that is no finite number and not null")
            }
            value = number
        }
        let status = try object.status() ?? (value == nil ? RewardValue.Status.none : .ok)
        guard (status == .ok) == (value != nil) else {
            throw RewardRecordProblem("has the status \(status.rawValue) \(value == nil ? "without" : "with") a value")
        }
        try self.init(object, value: value, status)
    }
}

/// What is wrong with a record of the rewards topic.
public struct RewardRecordProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line of the file, from 1.
    public var line: Int?
    /// What is wrong, continuing "the record …".
    public let message: String

    init(_ message: String) { self.message = message }

    /// One sentence with the line.
    public var description: String { (line.map { "line \($0): " } ?? "") + "reward record \(message)" }
}
