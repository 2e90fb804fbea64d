package import JSON
package import Reinforce

extension ReplayOptions {
    /// What writes groups by these rules, as JSON. One renderer serves one thread.
    ///
    /// - Parameters:
    ///   - isWhole: nothing is left out, whatever the rules say.
    ///   - topics: the topics that sources name, by their numbers.
    package func renderer(isWhole: Bool = false, topics: [Text]) -> GroupRenderer {
        GroupRenderer(estimator, configuration(isWhole: isWhole), topics: topics)
    }

    /// A batch with the advantages that its estimator takes over the whole of it.
    package func finished(_ batch: Batch, isWhole: Bool = false, topics: [Text]) -> Batch {
        batch.finished(estimator, minUsable: groups.minUsable, configuration(isWhole: isWhole), topics: topics)
    }

    private func configuration(isWhole: Bool) -> BatchConfiguration {
        var configuration = batches
        configuration.format = .json
        if isWhole { (configuration.samples, configuration.calls) = (.both, .all) }
        return configuration
    }
}
