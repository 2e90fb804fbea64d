internal import JSON
internal import Pipeline
internal import Reinforce
internal import StoredBatches
public import Terminal

/// A group of a batch as a person reads it: its example, and each rollout with its reward, its advantage and the first line
/// of what the policy read and wrote. Everything that comes from the log is escaped.
public struct GroupBlock: Sendable {
    private let place: String
    private let batch: JSONValue
    private let group: JSONValue

    init(_ batch: StoredBatch, _ group: StoredGroup) {
        place = batch.place
        self.batch = batch.value
        self.group = group.value
    }

    /// One JSON object: where the batch stands, its id and tenant, and the group as it is written.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("place")
        writer.string(place)
        for name in ["batch_id", "tenant_id", "created_at_us", "estimator"] {
            writer.key(name)
            writer.value(batch[Text(name)] ?? .null)
        }
        writer.key("group")
        writer.value(group)
        writer.endObject()
        return writer.bytes
    }

    /// Lines for a person, an empty one behind them.
    ///
    /// - Parameter width: columns that a line may take.
    public func text(_ style: TextStyle, width: Int) -> String {
        var text = style.bold("group \(id(group["group_id"]))") + "  example \(id(group["example_id"]))"
        text += "  policy \(id(group["policy_version_min"]))  " + signal(style)
        if let mean = group["stats"]?["mean"]?.asNumber { text += "  mean reward \(shortNumber(mean))" }
        text += "\n"
        text += style.dim(cut(head, width)) + "\n"
        for rollout in group["rollouts"]?.elements ?? [] { text += lines(rollout, style, width) }
        return text + "\n"
    }

    private var head: String {
        var parts = [place, "batch \(id(batch["batch_id"], 12))", "tenant \(id(batch["tenant_id"]))"]
        if let created = batch["created_at_us"]?.asInteger { parts.append(clock(created)) }
        parts.append("estimator \(id(batch["estimator"]?["preset"]))")
        if let revision = group["revision"]?.asInteger, revision > 0 { parts.append("revision \(revision)") }
        return parts.joined(separator: "  ")
    }

    private func signal(_ style: TextStyle) -> String {
        let signal = id(group["signal"])
        return signal == "ok" ? style.good("signal") : style.odd(signal)
    }

    private func lines(_ rollout: JSONValue, _ style: TextStyle, _ width: Int) -> String {
        var text = "  " + id(rollout["rollout_index"], 12).padded(-3) + "  "
        let excluded = rollout["excluded"]?.asText?.string ?? ""
        guard excluded.isEmpty else {
            return text + style.bad(printable(excluded, limit: 40)) + "  "
                + style.dim(cut(id(rollout["thread_id"]), width - 12 - excluded.count)) + "\n"
        }
        let reward = rollout["reward"]?.asNumber
        text += "reward " + (reward.map(shortNumber) ?? "–").padded(9)
        let advantage = rollout["advantage"]?.asNumber ?? 0
        let shown = "advantage " + signed(advantage).padded(10)
        text += advantage > 0 ? style.good(shown) : advantage < 0 ? style.bad(shown) : shown
        let status = id(rollout["status"])
        if status != "completed" { text += style.odd(status) + "  " }
        if rollout["trains"] == .bool(false) { text += style.dim("votes only  ") }
        let samples = rollout["samples"]?.elements ?? []
        if samples.count > 1 { text += style.dim("last of \(samples.count) samples") }
        while text.last == " " { text.removeLast() }
        text += "\n"
        guard let last = samples.last else { return text }
        for (name, content) in [
            ("read ", prompt(last) ?? compact(last["inputs"])),
            ("wrote", last["completion"]?.asText?.string ?? compact(last["outputs"])),
        ] {
            guard let content else { continue }
            text += "       " + style.dim(name) + " " + oneLine(content, width - 13) + "\n"
        }
        return text
    }

    /// The content of the last message that was read.
    private func prompt(_ sample: JSONValue) -> String? {
        sample["prompt"]?.elements.last?["content"]?.asText?.string
    }

    private func compact(_ value: JSONValue?) -> String? {
        guard let value, value != .null else { return nil }
        return value.canonicalText
    }

    /// The beginning of a text, on one line; where further lines follow they are told apart.
    private func oneLine(_ text: String, _ width: Int) -> String {
        // more characters than fit are never looked at: a text may have megabytes
        let head = text.prefix(4 * max(20, width))
        let lines = head.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        let line = lines.joined(separator: " ⏎ ")
        return cut(line.isEmpty ? "(nothing)" : printable(line, limit: max(20, width)), width)
    }

    private func cut(_ text: String, _ width: Int) -> String {
        text.count <= max(8, width) ? text : text.prefix(max(8, width) - 1) + "…"
    }

    private func id(_ value: JSONValue?, _ limit: Int = 60) -> String {
        guard let value, value != .null else { return "–" }
        return printable(value.asText?.string ?? value.asNumber.map(shortNumber) ?? value.canonicalText, limit: limit)
    }

    private func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + shortNumber(value) }
}
