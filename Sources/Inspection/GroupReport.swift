internal import JSON
internal import Pipeline
public import Reinforce
public import Terminal

/// One group: its members, what they get, who is missing and why.
public struct GroupReport: Sendable {
    /// The group.
    public let key: GroupKey
    /// `ok`, or why it is not written; nil: none of its threads came as far as the group.
    public let status: String?
    /// The group as it is written, whole.
    let rendered: [UInt8]?
    /// Every thread that names it, by slot.
    public let entries: [LedgerEntry]
    /// What made the advantages.
    let estimator: String

    /// Slots that no thread claims.
    public var unclaimed: [Int] {
        guard let size = entries.first?.pairing?.groupSize, size <= 100_000 else { return [] }
        let claimed = Set(entries.compactMap { $0.pairing?.rolloutIndex })
        return (0..<size).filter { !claimed.contains($0) }
    }

    /// For a person.
    public func text(_ style: TextStyle) -> String {
        var text = style.bold("group \(printable(key.group.string))") + "  tenant \(printable(key.tenant.string))"
        if let pairing = entries.first?.pairing {
            text +=
                "  example \(printable(pairing.exampleID.string))  policy \(printable(pairing.policyVersion.string))"
        }
        text += "\n"
        let value = rendered.flatMap { try? JSONValue(parsing: $0, limits: JSONLimits(maxBytes: .max)) }
        if let status {
            text += "  status " + (status == "ok" ? style.good(status) : style.bad(status))
            text += ", signal \(value?["signal"]?.asText?.string ?? "none")"
            text += ", closed by \(value?["close_reason"]?.asText?.string ?? "nothing"), estimator \(estimator)\n"
        } else {
            text += "  " + style.bad("none of its threads came as far as the group") + "\n"
        }
        if let stats = value?["stats"], let votes = stats["votes"]?.asInteger, votes > 0 {
            let numbers = ["mean", "std", "min", "max", "outcome_mean"].map { name in
                "\(name) \(stats[Text(name)]?.asNumber.map(shortNumber) ?? "–")"
            }
            text += "  votes \(votes), " + numbers.joined(separator: ", ") + "\n"
        }
        if status == "ok", let digest = value?["digest"]?.asText {
            text += style.dim("  digest \(digest.string)") + "\n"
        }
        text += "\n" + style.dim(line("slot", "thread", "reward", "advantage", "fate", "components")) + "\n"
        for entry in entries {
            text += line(
                entry.pairing.map { String($0.rolloutIndex) } ?? "–",
                printable(entry.key.thread.string),
                entry.reward.map(shortNumber) ?? "–",
                entry.advantage.map(shortNumber) ?? "–",
                entry.fate.rawValue,
                entry.rewards.map(\.inspected).joined(separator: ", ")
            )
            if let reason = entry.reason { text += "  " + style.bad(reason.rawValue + " (\(entry.outcome.rawValue))") }
            text += "\n"
            for said in entry.rewards.compactMap(\.sayingText) { text += "        " + style.dim(said) + "\n" }
        }
        for slot in unclaimed {
            text += style.odd(line(String(slot), "no thread claims this slot", "", "", "", "")) + "\n"
        }
        for rollout in value?["rollouts"]?.elements ?? [] {
            guard let calls = rollout["calls"]?.elements, !calls.isEmpty else { continue }
            text += "\n  " + style.bold(printable(rollout["thread_id"]?.asText?.string ?? "")) + "\n"
            text += ChatView(style: style, indent: "    ").text(calls)
        }
        return text
    }

    private func line(_ cells: String...) -> String {
        "  " + cells[0].padded(-4) + "  " + cells[1].padded(28) + cells[2].padded(-11) + cells[3].padded(-12) + "  "
            + cells[4].padded(11) + cells[5]
    }

    /// As one JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("tenant_id")
        writer.string(key.tenant.string)
        writer.key("group_id")
        writer.string(key.group.string)
        writer.key("status")
        if let status { writer.string(status) } else { writer.null() }
        writer.key("estimator")
        writer.string(estimator)
        writer.key("unclaimed_slots")
        writer.beginArray()
        for slot in unclaimed { writer.integer(Int64(slot)) }
        writer.endArray()
        writer.key("threads")
        writer.beginArray()
        for entry in entries {
            var line: [UInt8] = []
            entry.append(to: &line)
            writer.raw(line)
        }
        writer.endArray()
        writer.key("group")
        if let rendered { writer.raw(rendered) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }
}
