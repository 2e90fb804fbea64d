public import JSON

/// A record of the rewards topic about a whole group: what it was ranked by.
public struct GroupRewardRecord: Sendable, Hashable {
    /// The group.
    public let key: GroupKey
    /// The component that these are values of.
    public let component: Text
    /// What was said.
    public let answer: GroupAnswer
    /// The group was decided by it when its partition's time was this, milliseconds; nil: it only says something.
    public var decidedAt: Int64?

    /// A record.
    public init(_ key: GroupKey, component: Text, _ answer: GroupAnswer, decidedAt: Int64? = nil) {
        self.key = key
        self.component = component
        self.answer = answer
        self.decidedAt = decidedAt
    }

    /// The same without a reason: explanations can be long, and no score needs them.
    public var withoutExplanation: GroupRewardRecord {
        var answer = answer
        answer.whole.explanation = nil
        return GroupRewardRecord(key, component: component, answer, decidedAt: decidedAt)
    }

    /// The key of the record in Kafka.
    public var kafkaKey: [UInt8] { Array(key.group.utf8) }

    /// The value: a JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("tenant_id", key.tenant.string)
            writer.field("group_id", key.group.string)
            writer.field("component", component.string)
            writer.object("values") { writer in
                for (thread, value) in answer.values.sorted(by: { $0.key < $1.key }) {
                    writer.field(thread.string, optional: value)
                }
            }
            answer.whole.write(detailsTo: &writer)
            if let decidedAt { writer.field("decided_at_ms", decidedAt) }
        }
        return writer.bytes
    }

    /// What it says of one rollout; nil: it does not name it.
    public func record(of thread: ThreadKey) -> RewardRecord? {
        guard answer.values.keys.contains(thread.thread) else { return nil }
        return RewardRecord(thread, component: component, answer.answer(thread.thread))
    }

    init(_ object: JSONObject) throws(RewardRecordProblem) {
        let tenant = try object.tenant()
        guard case .string(let group)? = object["group_id"], !group.string.isEmpty else {
            throw RewardRecordProblem("has `values` and no `group_id`")
        }
        key = GroupKey(tenant: tenant, group: group)
        component = try object.component()
        guard case .object(let given)? = object["values"] else {
            throw RewardRecordProblem("has `values` that are no object of numbers and nulls by thread")
        }
        var values: [Text: Double?] = [:]
        for entry in given.entries {
            if entry.value == .null {
                values.updateValue(nil, forKey: entry.key)
                continue
            }
            guard let number = entry.value.asNumber, number.isFinite else {
                throw RewardRecordProblem("has a value of `\(entry.key)` that is no finite number and not null")
            }
            values[entry.key] = number
        }
        let status = try object.status() ?? (values.values.contains { $0 != nil } ? .ok : RewardValue.Status.none)
        answer = GroupAnswer(values: values, try RewardAnswer(object, value: nil, status))
        decidedAt = try object.integer("decided_at_ms")
    }
}
