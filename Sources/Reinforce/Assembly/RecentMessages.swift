/// The messages that occurred lately, in the order of the log, each with the one of its key before it: to note one costs an
/// append, whatever the memory holds, and what is too old leaves at the other end.
struct RecentMessages {
    private struct Note {
        var low: UInt64 = 0
        var high: UInt64 = 0
        /// The number of the note of its key before this one, and the id's count.
        var tag: UInt64 = 0
        var offset: Int64 = 0
    }

    /// A ring: a note stands at its number, modulo the capacity.
    private var notes = Array(repeating: Note(), count: 64)
    /// Numbers begin at 1: 0 is no note.
    private var oldest = 1
    private var next = 1

    /// Bytes held.
    var bytes: Int { notes.count * MemoryLayout<Note>.stride }

    /// Notes a message; returns its number. `before`: the number of the note of its key before it; 0: none.
    mutating func append(_ id: MessageID, at offset: Int64, before: Int) -> Int {
        if next &- oldest == notes.count { grow() }
        defer { next &+= 1 }
        let tag = UInt64(truncatingIfNeeded: before) &<< 8 | UInt64(id.count)
        notes[next & (notes.count &- 1)] = Note(low: id.low, high: id.high, tag: tag, offset: offset)
        return next
    }

    /// Forgets what occurred before an offset.
    mutating func drop(before offset: Int64) {
        while oldest < next, notes[oldest & (notes.count &- 1)].offset < offset { oldest &+= 1 }
    }

    /// Hands out a key's messages, the newest first, until `body` is true.
    func forEach(from newest: Int, _ body: (_ id: MessageID, _ offset: Int64) -> Bool) {
        var number = newest
        while number >= oldest {
            let note = notes[number & (notes.count &- 1)]
            let count = UInt8(truncatingIfNeeded: note.tag)
            if body(MessageID(low: note.low, high: note.high, count: count), note.offset) { return }
            number = Int(truncatingIfNeeded: note.tag &>> 8)
        }
    }

    private mutating func grow() {
        let old = notes
        notes = Array(repeating: Note(), count: old.count * 2)
        for number in oldest..<next { notes[number & (notes.count - 1)] = old[number & (old.count - 1)] }
    }
}
