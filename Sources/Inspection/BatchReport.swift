internal import JSON
internal import Pipeline
internal import Problems
public import Settings
public import StoredBatches
public import Terminal

/// One batch that was written, with where each rollout of it comes from.
public struct BatchReport: Sendable {
    /// Where it stands.
    public let place: String
    private let value: JSONValue

    init(_ batch: StoredBatch) {
        place = batch.place
        value = batch.value
    }

    /// Finds the batches whose id begins so, or that hold a group whose digest does.
    ///
    /// - Throws: ``PipelineProblem`` where the source is not whole, and none was found before.
    public static func find(_ id: String, in source: BatchSource, _ settings: Settings) throws -> [BatchReport] {
        var found: [BatchReport] = []
        let wanted = id.lowercased()
        let cut = try source.forEach(settings) { place, bytes in
            guard let batch = try? StoredBatch(bytes, place) else { return }
            if batch.id.hasPrefix(wanted) || batch.groups.contains(where: { $0.digest.hasPrefix(wanted) }) {
                found.append(BatchReport(batch))
            }
        }
        if let cut, found.isEmpty { throw PipelineProblem(.input, cut) }
        return found
    }

    /// As it is written.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("place")
        writer.string(place)
        writer.key("batch")
        writer.value(value)
        writer.endObject()
        return writer.bytes
    }

    /// For a person: groups, rollouts, and the lineage of each.
    public func text(_ style: TextStyle) -> String {
        func field(_ value: JSONValue?, _ name: Text) -> String {
            guard let found = value?[name], found != .null else { return "–" }
            return printable(found.asText?.string ?? found.asNumber.map(shortNumber) ?? found.exactText)
        }
        var text = style.bold("batch \(field(value, "batch_id"))") + "  tenant \(field(value, "tenant_id"))\n"
        text += "  \(place), sequence \(field(value, "sequence")), app \(field(value, "app_id")), "
        text += value["partial"] == .bool(true) ? "partial" : "full"
        if let created = value["created_at_us"]?.asInteger { text += ", created \(clock(created))" }
        let estimator = value["estimator"]
        text += "\n  estimator \(field(estimator, "preset")): \(field(estimator, "name")), baseline "
        text +=
            "\(field(estimator, "baseline")), scale \(field(estimator, "scale")), ddof \(field(estimator, "ddof")), "
        text += "ε \(estimator?["epsilon"]?.exactText ?? "–")\n"
        for group in value["groups"]?.elements ?? [] {
            text += "\n  " + style.bold("group \(field(group, "group_id"))") + "  example \(field(group, "example_id"))"
            text += "  policy \(field(group, "policy_version_min"))  \(field(group, "signal"))"
            text += "  closed by \(field(group, "close_reason"))"
            if let revision = group["revision"]?.asInteger, revision > 0 {
                text += style.odd("  revision \(revision) of \(field(group, "supersedes").prefix(12))")
            }
            text += style.dim("\n  digest \(field(group, "digest"))") + "\n"
            for rollout in group["rollouts"]?.elements ?? [] {
                let excluded = field(rollout, "excluded")
                text += "    \(field(rollout, "rollout_index").padded(-3)) \(field(rollout, "thread_id").padded(26))"
                text +=
                    "reward \(field(rollout, "reward").padded(10)) advantage \(field(rollout, "advantage").padded(11))"
                text += excluded == "–" ? "" : style.bad(excluded + " ")
                for source in rollout["source"]?.elements ?? [] {
                    text += style.dim(
                        "\(field(source, "topic"))[\(source["partition"]?.exactText ?? "?")] offsets "
                            + "\(source["first_offset"]?.exactText ?? "?") to "
                            + "\(source["last_offset"]?.exactText ?? "?")"
                    )
                }
                text += rollout["traceparent"]?.asText.map { style.dim("  trace \(printable($0.string))") } ?? ""
                text += "\n"
                text += ChatView(style: style, indent: "        ").text(rollout["calls"]?.elements ?? [])
            }
        }
        return text
    }
}
