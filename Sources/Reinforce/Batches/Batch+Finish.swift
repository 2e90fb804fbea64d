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
        var parts = decided.map { group in group.comparisons.map { _ in [Double]() } }
        for kind in PartComparison.Kind.allCases {
            let places = decided.indices.flatMap { group in
                decided[group].comparisons.indices.filter { decided[group].comparisons[$0].kind == kind }
                    .map { (group: group, comparison: $0) }
            }
            let results = batchAdvantages(
                groups: places.map { decided[$0.group].comparisons[$0.comparison].members },
                estimator: estimator,
                minUsable: 1
            )
            for (place, result) in zip(places, results) { parts[place.group][place.comparison] = result.advantages }
        }
        let renderer = GroupRenderer(estimator, configuration, topics: topics)
        var finished: [RenderedGroup] = []
        for (index, result) in results.enumerated() {
            finished.append(renderer.render(decided[index].with(result.advantages, parts: parts[index])))
        }
        return Batch(finished, isPartial: isPartial, SHA256())
    }
}
