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
}
