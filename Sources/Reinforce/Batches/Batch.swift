public import JSON

/// One record for `reinforce`: groups of one tenant.
public struct Batch: Sendable {
    /// The groups, in close order.
    public let groups: [RenderedGroup]
    /// It left before it was full.
    public let isPartial: Bool
    /// SHA-256 over its groups' digests in order, hexadecimal.
    public let id: String

    init(_ groups: [RenderedGroup], isPartial: Bool, _ sha: SHA256) {
        self.groups = groups
        self.isPartial = isPartial
        id = sha.hash(groups.flatMap(\.digest)).hexadecimal
    }

    /// Whose groups these are.
    public var tenant: Text? { groups.first?.group.key.tenant }

    /// Event time of the last decision in it, microseconds.
    public var createdAt: Int64 { groups.map(\.group.decidedAt).max() ?? 0 }

    /// The record as JSON, keys in the order of `advantages.md`, section 5, without a line end.
    ///
    /// - Parameters:
    ///   - sequence: its number among the batches of one output; 0 live.
    ///   - estimator: what made the advantages.
    ///   - configuration: names the application.
    public func json(sequence: Int, estimator: Estimator, _ configuration: BatchConfiguration) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(groups.reduce(1024) { $0 + $1.json.count + 1 })
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
        bytes.append(list: groups) { $0.append(contentsOf: $1.json) }
        bytes.append("}")
        return bytes
    }
}
