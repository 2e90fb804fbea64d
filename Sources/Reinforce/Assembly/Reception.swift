/// What became of a message.
enum Reception {
    /// Its thread took it, at this record time in milliseconds.
    case accepted(at: Int64)
    /// Its open thread had it already.
    case duplicate
    /// Its thread is over: a duplicate, late or auxiliary.
    case over
    /// A restart passes over it: finished business, or part of a spill.
    case passed
}
