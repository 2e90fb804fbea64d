import JSON
import Reinforce

extension ReplayOptions {
    /// What writes groups by these rules. One renderer serves one thread.
    ///
    /// - Parameter topics: the topics that sources name, by their numbers.
    func renderer(samples: BatchConfiguration.Samples, topics: [Text]) -> GroupRenderer {
        GroupRenderer(estimator, samples: samples, topics: topics)
    }

    /// A batch with the advantages that its estimator takes over the whole of it.
    func finished(_ batch: Batch, samples: BatchConfiguration.Samples, topics: [Text]) -> Batch {
        var configuration = batches
        configuration.samples = samples
        return batch.finished(estimator, minUsable: groups.minUsable, configuration, topics: topics)
    }
}
