/// What became of a message.
enum Reception {
    /// Its thread took it, at this record time in milliseconds.
    case accepted(at: Int64)
    /// So did it, a GRAPH_START, and is still open in this slot.
    case started(slot: Int, at: Int64)
    /// Its open thread had it already.
    case duplicate
    /// Its thread is over: a duplicate, late or auxiliary.
    case over
    /// A restart passes over it: finished business, or part of a spill.
    case passed
}
