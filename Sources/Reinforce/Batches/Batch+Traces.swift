public import JSON

extension Batch {
    /// What its rollouts' first records have in the header `traceparent`, each once, in the order of the rollouts.
    public var traces: [Text] {
        var known: Set<Text> = []
        return groups.flatMap(\.group.members).compactMap(\.rollout.trajectory.traceparent).filter {
            known.insert($0).inserted
        }
    }
}
