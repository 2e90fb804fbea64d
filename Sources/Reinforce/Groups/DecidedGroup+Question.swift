public import JSON

extension DecidedGroup {
    /// What a source is asked about this group: every rollout that can be ranked, side by side, in the order of their slots.
    ///
    /// - Parameters:
    ///   - component: the component.
    ///   - source: what it is told of each.
    public func question(_ component: Text, _ source: OutsideSource) -> RewardQuestion {
        let rollouts = members.lazy.filter(\.isRanked).map(\.rollout)
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("tenant_id", key.tenant.string)
            writer.field("group_id", key.group.string)
            source.write(example, asking: component, to: &writer)
            writer.array("rollouts", Array(rollouts)) { writer, rollout in
                writer.object { writer in
                    writer.field("thread_id", rollout.key.thread.string)
                    writer.field("rollout_index", rollout.pairing.rolloutIndex)
                    rollout.write(source.send, before: component, to: &writer)
                }
            }
        }
        let threads = rollouts.map(\.key.thread)
        return RewardQuestion(
            subject: .group(key, threads: Array(threads)),
            component: component,
            source: source,
            body: writer.bytes
        )
    }
}

extension DecidedGroup.Member {
    /// Somebody who sees the whole group says what it is worth: it holds its slot and was scored by its components.
    var isRanked: Bool { holdsSlot && rollout.isRankable }
}
