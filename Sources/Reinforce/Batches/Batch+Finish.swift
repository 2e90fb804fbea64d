public import JSON

extension Batch {
    /// The same of a single topic.
    public func finished(
        _ estimator: Estimator,
        minUsable: Int,
        _ configuration: BatchConfiguration,
        _ topic: Text
    ) -> Batch { finished(estimator, minUsable: minUsable, configuration, topics: [topic]) }

    /// The batch with the advantages that its estimator takes over the whole of it; the same where it does not.
    public func finished(
        _ estimator: Estimator,
        minUsable: Int,
        _ configuration: BatchConfiguration,
        topics: [Text]
    ) -> Batch {
        guard estimator.isBatchWide else { return self }
        let decided = groups.map(\.group)
        let results = batchAdvantages(groups: decided.map(\.kernelMembers), estimator: estimator, minUsable: minUsable)
        let renderer = GroupRenderer(estimator, configuration, topics: topics)
        var finished: [RenderedGroup] = []
        for (group, result) in zip(decided, results) {
            finished.append(renderer.render(group.with(result.advantages)))
        }
        return Batch(finished, isPartial: isPartial, SHA256())
    }
}
