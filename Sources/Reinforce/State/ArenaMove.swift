/// Moves what is still referred to from one arena into another one: what changed over and over leaves its old texts behind.
struct ArenaMove {
    private let old: [UInt8]
    /// The texts that were moved, one behind the other.
    private(set) var new: [UInt8] = []
    /// Where a range went; a text that several refer to is moved once.
    private var places: [ByteRange: ByteRange] = [:]

    init(from old: [UInt8]) { self.old = old }

    mutating func range(_ range: ByteRange) -> ByteRange {
        guard range.count > 0 else { return .empty }
        if let known = places[range] { return known }
        let start = new.count
        new.append(old, range)
        let moved = ByteRange(start, new.count)
        places[range] = moved
        return moved
    }

    mutating func field(_ field: StateField) -> StateField {
        StateField(
            key: range(field.key),
            name: range(field.name),
            value: range(field.value),
            hasPositiveExponent: field.hasPositiveExponent
        )
    }
}

extension ThreadState {
    /// Leaves behind what neither the state nor `nodes` refers to any more. Between two messages only.
    mutating func compact(_ nodes: inout NodeTracker) {
        var moved = ArenaMove(from: arena)
        for index in fields.indices { fields[index] = moved.field(fields[index]) }
        other = moved.field(other)
        undo.removeAll(keepingCapacity: true)
        nodes.move(&moved)
        arena = moved.new
    }
}
