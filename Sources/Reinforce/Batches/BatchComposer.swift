public import JSON

/// Puts groups into batches: per tenant, in the order they come, split by size, held back while too small.
public struct BatchComposer {
    private let configuration: BatchConfiguration
    private let sha = SHA256()
    private var waiting: [Text: [RenderedGroup]] = [:]
    /// Room for what stands around the groups.
    private static var overhead: Int { 1024 }

    /// - Parameter configuration: sizes and minima.
    public init(_ configuration: BatchConfiguration) { self.configuration = configuration }

    /// A group that alone is larger than a record may be.
    public func isTooLarge(_ group: RenderedGroup) -> Bool {
        group.body.count + Self.overhead > configuration.maxBytes
    }

    /// A group of which enough is known, before it is rendered, to say that it alone is larger than a record may be.
    public func isTooLarge(_ group: DecidedGroup) -> Bool {
        let room = configuration.maxBytes - Self.overhead
        return group.leastBytes(configuration, enough: room + 1) > room
    }

    /// Adds a group.
    ///
    /// - Returns: the batches that are ready by that, in order, and the groups that can come into none: no record holds them
    ///   and this group together, and alone they are too few for a batch.
    public mutating func add(_ group: RenderedGroup) -> (ready: [Batch], withheld: [RenderedGroup]) {
        let tenant = group.group.key.tenant
        var groups = waiting.removeValue(forKey: tenant) ?? []
        var ready: [Batch] = []
        var withheld: [RenderedGroup] = []
        let size = groups.reduce(Self.overhead) { $0 + $1.body.count + 1 } + group.body.count
        if size > configuration.maxBytes, !groups.isEmpty {
            if isEnough(groups) {
                ready.append(Batch(groups, isPartial: true, sha))
            } else {
                withheld = groups
            }
            groups = []
        }
        groups.append(group)
        if groups.count >= configuration.groupsPerBatch, isEnough(groups) {
            ready.append(Batch(groups, isPartial: false, sha))
        } else {
            waiting[tenant] = groups
        }
        return (ready, withheld)
    }

    /// Takes out what waits for `tenant`, where it is enough for a batch.
    public mutating func flush(_ tenant: Text) -> Batch? {
        guard let groups = waiting[tenant], isEnough(groups) else { return nil }
        waiting[tenant] = nil
        return Batch(groups, isPartial: true, sha)
    }

    /// Tenants with groups that wait, by bytes.
    public var tenants: [Text] { waiting.keys.sorted() }

    /// Takes out what waits for `tenant` and is not enough.
    mutating func withdraw(_ tenant: Text) -> [RenderedGroup] { waiting.removeValue(forKey: tenant) ?? [] }

    private func isEnough(_ groups: [RenderedGroup]) -> Bool {
        groups.count >= max(1, configuration.minGroups)
            && groups.reduce(0) { $0 + $1.votes } >= configuration.minRollouts
    }
}
