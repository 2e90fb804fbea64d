import JSON

extension Batch {
    /// The record as `TrainingBatch` of `docs/reinforce.proto`, with the content of the JSON.
    func protobuf(sequence: Int, estimator: Estimator, _ configuration: BatchConfiguration) -> [UInt8] {
        var writer = ProtobufWriter(reserving: groups.reduce(1024) { $0 + $1.body.count + 4 })
        writer.varint(1, UInt64(1))
        writer.text(2, id)
        writer.varint(3, sequence)
        writer.varint(4, createdAt)
        writer.text(5, configuration.appID)
        writer.text(6, tenant ?? "")
        writer.flag(7, isPartial)
        writer.message(8) { writer in
            writer.text(1, estimator.name)
            writer.text(2, estimator.preset)
            writer.text(3, estimator.baseline.rawValue)
            writer.text(4, estimator.scale.rawValue)
            writer.varint(5, estimator.ddof)
            writer.double(6, estimator.epsilon)
            writer.text(7, estimator.singleton.rawValue)
            writer.text(8, "rollout")
            writer.varint(9, UInt64(1))
        }
        for group in groups { writer.data(10, group.body) }
        return writer.bytes
    }
}
