public import JSON

/// A record of the rewards topic of either kind.
public enum RewardLine: Sendable, Hashable {
    /// Of one rollout.
    case rollout(RewardRecord)
    /// Of a whole group.
    case group(GroupRewardRecord)

    /// Reads a record: one with `values` is about a group.
    ///
    /// - Parameters:
    ///   - text: its value.
    ///   - recordKey: its key, the thread's id where the value does not say it.
    /// - Throws: what is wrong with it.
    public init(_ text: [UInt8], recordKey: Text? = nil) throws(RewardRecordProblem) {
        let object = try JSONObject(rewardRecord: text)
        self =
            object["values"] == nil
            ? .rollout(try RewardRecord(object, recordKey: recordKey)) : .group(try GroupRewardRecord(object))
    }

    /// The value: a JSON object.
    public var json: [UInt8] {
        switch self {
        case .rollout(let record): record.json
        case .group(let record): record.json
        }
    }
}

/// What both kinds of record say beside their values.
extension RewardAnswer {
    init(_ object: JSONObject, value: Double?, _ status: RewardValue.Status) throws(RewardRecordProblem) {
        self.init(
            value: value,
            status: status,
            evaluator: try object.text("evaluator") ?? "",
            version: try object.integer("evaluator_version") ?? 1,
            duration: try object.integer("duration_ms") ?? 0,
            explanation: try object.text("explanation"),
            at: try object.integer("at_us") ?? 0
        )
    }

    /// As members of an object.
    func write(detailsTo writer: inout JSONWriter) {
        writer.field("status", status.rawValue)
        writer.field("evaluator", evaluator.string)
        writer.field("evaluator_version", version)
        writer.field("duration_ms", duration)
        writer.field("explanation", optional: explanation?.string)
        writer.field("at_us", at)
    }
}

/// What both kinds of record have.
extension JSONObject {
    init(rewardRecord text: [UInt8]) throws(RewardRecordProblem) {
        let value: JSONValue
        do { value = try JSONValue(parsing: text) } catch { throw RewardRecordProblem("does not parse: \(error)") }
        guard case .object(let object) = value else { throw RewardRecordProblem("is not a JSON object") }
        self = object
    }

    func tenant() throws(RewardRecordProblem) -> Text {
        guard case .string(let tenant)? = self["tenant_id"] else {
            throw RewardRecordProblem("has no `tenant_id`: thread ids repeat between tenants")
        }
        return tenant
    }

    func component() throws(RewardRecordProblem) -> Text {
        guard case .string(let component)? = self["component"], !component.string.isEmpty else {
            throw RewardRecordProblem("has no `component`")
        }
        return component
    }

    func status() throws(RewardRecordProblem) -> RewardValue.Status? {
        switch self["status"] {
        case nil, .null?: return nil
        case .string(let name)?:
            guard let known = RewardValue.Status(rawValue: name.string) else {
                throw RewardRecordProblem("has the `status` `\(name)`; there are ok, none, error and timeout")
            }
            return known
        default: throw RewardRecordProblem("has a `status` that is no text")
        }
    }

    func text(_ name: Text) throws(RewardRecordProblem) -> Text? {
        switch self[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw RewardRecordProblem("has an `\(name)` that is no text")
        }
    }

    func integer(_ name: Text) throws(RewardRecordProblem) -> Int64? {
        switch self[name] {
        case nil, .null?: return nil
        case .integer(let number)?: return number
        default: throw RewardRecordProblem("has a `\(name)` that is no whole number")
        }
    }
}
