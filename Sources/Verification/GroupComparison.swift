internal import JSON
internal import Pipeline
internal import Reinforce
internal import StoredBatches

/// Compares a written group with the recomputed one, field by field.
struct GroupComparison {
    private let stored: StoredGroup
    private(set) var differences: [Difference] = []
    /// Rollouts whose records stand at other offsets of this log: it was written again, or divided otherwise.
    private(set) var moved = 0

    /// Fields that may rightly differ between a live run and a replay, or are judged elsewhere.
    private static let groupFieldsLeftOut: Set<Text> = [
        "rollouts", "digest", "close_reason", "revision", "supersedes",
    ]
    private static let rolloutFieldsLeftOut: Set<Text> = ["samples", "calls", "rewards", "source", "traceparent"]
    /// Fields that a record need not hold.
    private static let optionalFields: Set<Text> = [
        "example", "prompt", "completion", "inputs", "outputs", "tools", "prompt_token_ids", "token_ids", "logprobs",
        "loss_mask",
    ]
    /// What the settings leave out of calls.
    private let callFieldsLeftOut: Set<Text>
    /// Lists that the settings leave out.
    private let listsLeftOut: Set<Text>

    /// - Parameters:
    ///   - stored: as it was written.
    ///   - value: as the log gives it, whole.
    ///   - batches: what is left out.
    init(_ stored: StoredGroup, _ value: JSONValue, _ batches: BatchConfiguration) {
        self.stored = stored
        switch batches.calls {
        case .tokens: callFieldsLeftOut = ["prompt", "tools", "completion"]
        case .text: callFieldsLeftOut = ["prompt_token_ids", "token_ids", "logprobs", "loss_mask"]
        case .all, .none: callFieldsLeftOut = []
        }
        var lists: Set<Text> = []
        if batches.samples == .none { lists.insert("samples") }
        if batches.calls == .none { lists.insert("calls") }
        listsLeftOut = lists
        compareFields(stored.value, value, "", nil, leavingOut: Self.groupFieldsLeftOut)
        compareRollouts(stored.value["rollouts"], value["rollouts"])
    }

    private mutating func compareRollouts(_ written: JSONValue?, _ given: JSONValue?) {
        var rest: [Text: JSONValue] = [:]
        for rollout in given?.elements ?? [] {
            if let thread = rollout["thread_id"]?.asText { rest[thread] = rollout }
        }
        var order: [Text] = []
        for rollout in written?.elements ?? [] {
            guard let thread = rollout["thread_id"]?.asText else {
                note(.surplusMember, nil, nil, "a rollout without `thread_id` is in it")
                continue
            }
            guard let own = rest.removeValue(forKey: thread) else {
                note(.surplusMember, thread, nil, "it is in the batch; in this group the log has no such thread")
                continue
            }
            order.append(thread)
            compareFields(rollout, own, "", thread, leavingOut: Self.rolloutFieldsLeftOut)
            compareList(rollout["rewards"], own["rewards"], "rewards", thread, keys: ["name"])
            compareList(rollout["samples"], own["samples"], "samples", thread, keys: ["node_id", "visit"])
            compareList(rollout["calls"], own["calls"], "calls", thread, keys: ["call_index", "request_id"])
            if rollout["source"] != own["source"] { moved += 1 }
        }
        for rollout in given?.elements ?? [] {
            guard let thread = rollout["thread_id"]?.asText, rest[thread] != nil else { continue }
            let votes = rollout["votes"] == .bool(true) ? "it votes" : "it is excluded"
            note(.missingMember, thread, nil, "it is missing in the batch; the log has it, and \(votes)")
        }
        let given = (given?.elements ?? []).compactMap { $0["thread_id"]?.asText }.filter(Set(order).contains)
        if order != given { note(.order, nil, "rollouts", "its rollouts are in another order") }
    }

    /// Lists whose elements are known by some of their fields.
    private mutating func compareList(
        _ written: JSONValue?,
        _ given: JSONValue?,
        _ path: String,
        _ thread: Text,
        keys: [Text]
    ) {
        // a setting left it out, or a version that did not know it wrote the record
        if written == nil || listsLeftOut.contains(Text(path)) { return }
        let a = written?.elements ?? []
        let b = given?.elements ?? []
        func name(_ value: JSONValue) -> [JSONValue] { keys.map { value[$0] ?? .null } }
        guard a.map(name) == b.map(name) else {
            let kind: Difference.Kind = path == "rewards" ? .reward : .field
            return note(
                kind,
                thread,
                path,
                "its \(path) are others, or in another order (\(a.count), the log gives \(b.count))"
            )
        }
        for (x, y) in zip(a, b) {
            let label = name(x).map { $0.asText?.string ?? $0.exactText }.joined(separator: ".")
            let leftOut = path == "calls" ? callFieldsLeftOut : []
            compareFields(x, y, "\(path)[\(label)].", thread, leavingOut: leftOut)
        }
    }

    private mutating func compareFields(
        _ written: JSONValue,
        _ given: JSONValue,
        _ prefix: String,
        _ thread: Text?,
        leavingOut: Set<Text>
    ) {
        for entry in given.entries where !leavingOut.contains(entry.key) {
            guard let value = written[entry.key] else {
                // samples of the version before do not say whether they train
                let isOld = entry.key == "trains" && prefix.hasPrefix("samples[")
                if isOld || Self.optionalFields.contains(entry.key) { continue }
                compare(nil, entry.value, prefix + entry.key.string, thread)
                continue
            }
            compare(value, entry.value, prefix + entry.key.string, thread)
        }
        for entry in written.entries where !leavingOut.contains(entry.key) && given[entry.key] == nil {
            compare(entry.value, nil, prefix + entry.key.string, thread)
        }
    }

    private mutating func compare(_ written: JSONValue?, _ given: JSONValue?, _ field: String, _ thread: Text?) {
        guard !Self.isSame(written, given) else { return }
        if field == "stats" || field == "example", let written, let given, !written.entries.isEmpty {
            return compareFields(written, given, field + ".", thread, leavingOut: [])
        }
        let a = written.map(\.exactText)
        let b = given.map(\.exactText)
        let message =
            switch (a, b) {
            case (let a?, let b?): "\(field) is \(Self.short(a)), the log gives \(Self.short(b))"
            case (let a?, nil): "\(field) is \(Self.short(a)), the log gives no such field"
            case (nil, let b?): "\(field) is missing, the log gives \(Self.short(b))"
            case (nil, nil): field
            }
        note(Self.kind(of: field), thread, field, message, a, b)
    }

    /// The same value; of numbers, to the bit.
    private static func isSame(_ a: JSONValue?, _ b: JSONValue?) -> Bool {
        a == b && a?.exactBytes == b?.exactBytes
    }

    private static func kind(of field: String) -> Difference.Kind {
        if field.hasSuffix("].evaluator_version") { return .version }
        if field == "advantage" || field.hasSuffix("].advantage") { return .advantage }
        if field == "reward" || field.hasPrefix("rewards[") { return .reward }
        if field.hasPrefix("example") { return .example }
        return .field
    }

    private static func short(_ text: String) -> String { text.count <= 80 ? text : String(text.prefix(77)) + "…" }

    private mutating func note(
        _ kind: Difference.Kind,
        _ thread: Text?,
        _ field: String?,
        _ message: String,
        _ written: String? = nil,
        _ given: String? = nil
    ) {
        var difference = Difference(kind, stored.place, message)
        difference.tenant = stored.key.tenant.string
        difference.group = stored.key.group.string
        difference.thread = thread?.string
        difference.field = field
        difference.written = written
        difference.recomputed = given
        differences.append(difference)
    }
}
