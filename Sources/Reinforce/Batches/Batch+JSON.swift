import JSON

extension Batch {
    /// The record as JSON, keys in the order of `advantages.md`, section 5, without a line end.
    func json(sequence: Int, estimator: Estimator, _ configuration: BatchConfiguration) -> [UInt8] {
        var bytes: [UInt8] = []
        append(jsonTo: &bytes, sequence: sequence, estimator: estimator, configuration)
        return bytes
    }

    /// Appends the same.
    func append(
        jsonTo bytes: inout [UInt8],
        sequence: Int,
        estimator: Estimator,
        _ configuration: BatchConfiguration
    ) {
        let size = groups.reduce(1024) { $0 + $1.body.count + 1 }
        // a buffer that takes many batches grows by itself
        if bytes.isEmpty { bytes.reserveCapacity(size) }
        bytes.append("{\"schema_version\":1,\"batch_id\":")
        bytes.append(quoted: id)
        bytes.append(",\"sequence\":")
        bytes.append(number: sequence)
        bytes.append(",\"created_at_us\":")
        bytes.append(number: createdAt)
        bytes.append(",\"app_id\":")
        bytes.append(quoted: configuration.appID)
        bytes.append(",\"tenant_id\":")
        bytes.append(quoted: tenant)
        bytes.append(",\"partial\":")
        bytes.append(flag: isPartial)
        bytes.append(",\"estimator\":{\"name\":")
        bytes.append(quoted: estimator.name)
        bytes.append(",\"preset\":")
        bytes.append(quoted: estimator.preset)
        bytes.append(",\"baseline\":")
        bytes.append(quoted: estimator.baseline.rawValue)
        bytes.append(",\"scale\":")
        bytes.append(quoted: estimator.scale.rawValue)
        bytes.append(",\"ddof\":")
        bytes.append(number: estimator.ddof)
        bytes.append(",\"epsilon\":")
        bytes.append(number: estimator.epsilon)
        bytes.append(",\"singleton\":")
        bytes.append(quoted: estimator.singleton.rawValue)
        bytes.append(",\"credit\":\"rollout\",\"version\":1},\"reinforce_config\":null,\"groups\":")
        bytes.append(list: groups) { $0.append(contentsOf: $1.body) }
        bytes.append("}")
    }
}
