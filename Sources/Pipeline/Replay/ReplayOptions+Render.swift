internal import JSON
internal import Reinforce

extension ReplayOptions {
    /// What writes groups by these rules. One renderer serves one thread.
    func renderer(samples: BatchConfiguration.Samples) -> GroupRenderer {
        GroupRenderer(estimator, samples: samples, topic: Text(topic))
    }

    /// A batch with the advantages that its estimator takes over the whole of it.
    func finished(_ batch: Batch, samples: BatchConfiguration.Samples) -> Batch {
        var configuration = batches
        configuration.samples = samples
        return batch.finished(estimator, minUsable: groups.minUsable, configuration, Text(topic))
    }
}
