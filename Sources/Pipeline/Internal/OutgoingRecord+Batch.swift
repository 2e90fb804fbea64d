internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings

extension OutgoingRecord {
    /// A batch as a record of a topic, the same from `run` and from `replay --out topic:NAME`: its key as `output.key` says,
    /// and headers by which a reader knows how to read it without having read it.
    ///
    /// - Parameter sequence: the batch's number among those of a replay; 0 in a live run.
    init(
        _ batch: Batch,
        topic: String,
        sequence: Int = 0,
        estimator: Estimator,
        _ configuration: BatchConfiguration
    ) {
        self.init(
            topic: topic,
            key: batch.key(configuration.key),
            value: batch.encoded(sequence: sequence, estimator: estimator, configuration),
            headers: [
                RecordHeader("content-type", batch.format.contentType), RecordHeader("schema-version", "1"),
                RecordHeader("batch-id", batch.id), RecordHeader("estimator", estimator.preset),
            ] + batch.traceparents.map { RecordHeader("traceparent", $0) },
            timestamp: batch.createdAt / 1000
        )
    }
}

extension Batch {
    /// Trace contexts of its rollouts that can be read; no more than a reader wants to follow.
    fileprivate var traceparents: [String] {
        var found: [String] = []
        for trace in traces where found.count < 64 && TraceContext(trace.string) != nil { found.append(trace.string) }
        return found
    }

    fileprivate func key(_ kind: BatchConfiguration.Key) -> [UInt8]? {
        switch kind {
        case .group where groups.count == 1: groups.first.map { Array($0.group.key.group.utf8) }
        case .batch, .group: Array(id.utf8)
        case .tenant: tenant.map { Array($0.utf8) }
        }
    }
}
