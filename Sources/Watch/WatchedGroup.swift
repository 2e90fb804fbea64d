public import Reinforce

/// A group whose fate is committed.
public struct WatchedGroup: Sendable {
    /// The group itself; nil: it is larger than all that may be kept.
    public internal(set) var group: DecidedGroup?
    /// What is known of it in numbers.
    public let facts: GroupFacts
    /// The batch it left in; nil: in none.
    public let batch: String?
    /// Why it left in none although it was good.
    public let exclusion: ExclusionReason?
    /// Its number, from 1, in the order of the commits.
    public internal(set) var number = 0
    /// Bytes that it holds, roughly.
    let bytes: Int

    /// A group with what became of it.
    public init(_ group: DecidedGroup, batch: String? = nil, exclusion: ExclusionReason? = nil) {
        self.group = group
        facts = GroupFacts(group)
        self.batch = batch
        self.exclusion = exclusion
        bytes = group.heldBytes + facts.members.count * 1024
    }
}

/// The latest groups, whole, in bounded memory.
public struct GroupShelf: Sendable {
    private let limit: Int
    private let byteLimit: Int
    /// The oldest first.
    public private(set) var groups: [WatchedGroup] = []
    /// Bytes that they hold, roughly.
    public private(set) var bytes = 0
    /// Groups that ever came.
    public private(set) var count = 0

    /// - Parameters:
    ///   - limit: the most groups.
    ///   - bytes: the most that they may hold; what is counted is a little less than what they take.
    public init(limit: Int = 1000, bytes: Int = 48 << 20) {
        self.limit = max(1, limit)
        byteLimit = bytes
    }

    mutating func add(_ group: WatchedGroup) {
        var group = group
        count += 1
        group.number = count
        if group.bytes > byteLimit { group.group = nil }
        groups.append(group)
        bytes += cost(group)
        var gone = 0
        while groups.count - gone > limit || (bytes > byteLimit && groups.count - gone > 1) {
            bytes -= cost(groups[gone])
            gone += 1
        }
        groups.removeFirst(gone)
    }

    private func cost(_ group: WatchedGroup) -> Int { group.group == nil ? 4096 : group.bytes }
}
