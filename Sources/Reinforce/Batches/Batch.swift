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

    /// How its groups are written.
    public var format: BatchConfiguration.Format { groups.first?.format ?? .json }

    /// The record's value, as its groups are written.
    ///
    /// - Parameters:
    ///   - sequence: its number among the batches of one output; 0 live.
    ///   - estimator: what made the advantages.
    ///   - configuration: names the application.
    public func encoded(sequence: Int, estimator: Estimator, _ configuration: BatchConfiguration) -> [UInt8] {
        switch format {
        case .json: json(sequence: sequence, estimator: estimator, configuration)
        case .protobuf: protobuf(sequence: sequence, estimator: estimator, configuration)
        }
    }

    /// The batch as it stands in a file of batches: JSON with a line end behind it, protobuf with its length before it,
    /// a varint.
    public func framed(sequence: Int, estimator: Estimator, _ configuration: BatchConfiguration) -> [UInt8] {
        var bytes: [UInt8] = []
        appendFramed(to: &bytes, sequence: sequence, estimator: estimator, configuration)
        return bytes
    }

    /// Appends what ``framed(sequence:estimator:_:)`` gives, without a copy of its own.
    public func appendFramed(
        to bytes: inout [UInt8],
        sequence: Int,
        estimator: Estimator,
        _ configuration: BatchConfiguration
    ) {
        switch format {
        case .json:
            append(jsonTo: &bytes, sequence: sequence, estimator: estimator, configuration)
            bytes.append(UInt8(ascii: "\n"))
        case .protobuf:
            let value = protobuf(sequence: sequence, estimator: estimator, configuration)
            bytes.appendVarint(UInt64(value.count))
            bytes.append(contentsOf: value)
        }
    }
}
