import JSON

/// A thread that is over, as it was assembled: its messages, and how it ended.
struct ThreadRecord {
    let key: ThreadKey
    /// The stored messages.
    let bytes: [UInt8]
    /// Where they are, in order of arrival.
    let entries: [ThreadEntry]
    /// Sequence of the first GRAPH_START; `.max`: none.
    let start: UInt64
    /// Sequence of the terminator that ended the run; `.max`: none.
    let terminator: UInt64
    let source: SourceRange
    /// Time of its first record, milliseconds.
    let openedAt: Int64
    let duplicates: Int
    /// A limit on age or size ended it.
    let cut: Bool
    /// What a checkpoint says of it until its output is committed.
    let entry: OpenEntry
}
