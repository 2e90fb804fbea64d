import JSON

/// The nodes of a thread by name: how often each came to its end, and which executions of it are running.
struct NodeNames {
    private struct Entry {
        /// The name in the arena, the same range for the same name.
        var range: ByteRange
        var visits = 0
        /// The oldest and the youngest running execution; −1: none.
        var first = -1
        var last = -1
    }

    private let seed: UInt64
    private var entries: [Entry] = []
    /// Finds entries by hash once there are too many to look through.
    private var table: ThreadTable?

    init(seed: UInt64) { self.seed = seed }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        table = nil
    }

    /// The name's range in the arena.
    subscript(index: Int) -> ByteRange { entries[index].range }

    func find(_ node: RawSpan, _ arena: [UInt8]) -> Int? {
        if let table {
            return table.find(hash(node)) { arena.span(entries[$0].range).hasSameBytes(as: node) }
        }
        return entries.firstIndex { arena.span($0.range).hasSameBytes(as: node) }
    }

    /// The entry of a name, made where there is none.
    mutating func intern(_ node: RawSpan, _ state: inout ThreadState) -> Int {
        if let known = find(node, state.arena) { return known }
        let start = state.arena.count
        state.arena.append(node)
        entries.append(Entry(range: ByteRange(start, state.arena.count)))
        if entries.count == 17 {
            var made = ThreadTable()
            for index in entries.indices { made.insert(hash(state.arena.span(entries[index].range)), slot: index) }
            table = made
        } else if entries.count > 17 {
            let own = hash(node)
            table?.insert(own, slot: entries.count - 1)
        }
        return entries.count - 1
    }

    /// An execution begins; returns the one before it in the queue, −1: none.
    mutating func append(_ execution: Int, to name: Int) -> Int {
        let last = entries[name].last
        entries[name].last = execution
        if last < 0 { entries[name].first = execution }
        return last
    }

    /// The oldest running execution of a name.
    func first(of name: Int) -> Int? { entries[name].first < 0 ? nil : entries[name].first }

    /// It runs no more; `next`: the one behind it.
    mutating func removeFirst(of name: Int, next: Int) {
        entries[name].first = next
        if next < 0 { entries[name].last = -1 }
    }

    /// How many executions of the name came to their end before this one, which does now.
    mutating func visit(_ name: Int) -> Int {
        defer { entries[name].visits += 1 }
        return entries[name].visits
    }

    /// Calls `body` with the oldest running execution of each name; −1: none.
    func forEachFirst(_ body: (Int) -> Void) { for entry in entries { body(entry.first) } }

    mutating func move(_ moved: inout ArenaMove) {
        for index in entries.indices { entries[index].range = moved.range(entries[index].range) }
    }

    private func hash(_ node: RawSpan) -> UInt64 {
        var hash = ByteHash(seed: seed)
        hash.combine(node)
        return hash.value
    }
}
