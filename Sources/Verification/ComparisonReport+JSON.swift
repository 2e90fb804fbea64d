internal import JSON

extension ComparisonReport {
    /// As one JSON object: sums of both sides, then every group with every member.
    ///
    /// - Parameter names: what the two sides are called.
    public func json(_ names: Pair<String>) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        append(names.a, totals.a, as: "a", to: &writer)
        append(names.b, totals.b, as: "b", to: &writer)
        writer.key("one_pass")
        writer.bool(isOnePass)
        for (name, count) in [
            ("groups_total", groups.count), ("groups_changed", groups.count { !$0.isSame }),
            ("gained_signal", gained.count), ("lost_signal", lost.count), ("sign_changes", signChanges),
            ("trained_both", trained.both), ("trained_only_a", trained.onlyA), ("trained_only_b", trained.onlyB),
        ] {
            writer.key(name)
            writer.integer(Int64(count))
        }
        writer.field("rank_correlation_reward", optional: rankCorrelation.reward)
        writer.field("rank_correlation_advantage", optional: rankCorrelation.advantage)
        writer.key("groups")
        writer.beginArray()
        for group in groups { append(group, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func append(_ name: String, _ totals: Totals, as key: String, to writer: inout JSONWriter) {
        writer.key(key)
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        for (name, count) in [
            ("groups", totals.written), ("groups_with_signal", totals.informative), ("batches", totals.batches),
        ] + totals.calls.named.map({ ($0.key, $0.count) }) {
            writer.key(name)
            writer.integer(Int64(count))
        }
        for (name, counts) in [("fates", totals.fates), ("excluded", totals.reasons)] {
            writer.key(name)
            writer.beginObject()
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                writer.integer(Int64(count))
            }
            writer.endObject()
        }
        writer.field("mean_reward", optional: totals.meanReward)
        writer.field("push", optional: totals.push)
        writer.endObject()
    }

    private func append(_ group: Group, to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, text) in [
            ("tenant_id", group.tenant), ("group_id", group.group), ("example_id", group.example),
            ("signal_a", group.signal.a), ("signal_b", group.signal.b),
        ] {
            writer.key(name)
            writer.string(text)
        }
        writer.field("mean_a", optional: group.mean.a)
        writer.field("mean_b", optional: group.mean.b)
        writer.field("rank_correlation", optional: group.rankCorrelation)
        writer.key("changed")
        writer.bool(!group.isSame)
        writer.key("members")
        writer.beginArray()
        for member in group.members {
            writer.beginObject()
            writer.key("thread_id")
            writer.string(member.thread)
            writer.key("rollout_index")
            writer.integer(Int64(member.slot))
            writer.field("reward_a", optional: member.reward.a)
            writer.field("reward_b", optional: member.reward.b)
            writer.field("advantage_a", optional: member.advantage.a)
            writer.field("advantage_b", optional: member.advantage.b)
            writer.key("fate_a")
            writer.string(member.fate.a)
            writer.key("fate_b")
            writer.string(member.fate.b)
            writer.key("sign_change")
            writer.bool(member.changesSign)
            for (side, calls) in [("a", member.calls.a), ("b", member.calls.b)] {
                for (_, key, count) in calls.named {
                    writer.key("\(key)_\(side)")
                    writer.integer(Int64(count))
                }
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
