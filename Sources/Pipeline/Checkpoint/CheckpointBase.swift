public import Reinforce

/// An earlier checkpoint that another one goes on from: the list of what is open can be long, and little of it changes from
/// one commit to the next.
public struct CheckpointBase: Hashable, Sendable {
    /// The record on the checkpoints topic that holds its text.
    public var pointer: CheckpointPointer
    /// The committed offset that it stood beside.
    public var committed: Int64
    /// What it names and is not open any more, or says something else by now.
    public var closed: [RestorePlan.First]

    /// A base.
    public init(pointer: CheckpointPointer, committed: Int64, closed: [RestorePlan.First] = []) {
        self.pointer = pointer
        self.committed = committed
        self.closed = closed.sorted()
    }
}

extension CheckpointBase {
    /// Pointer, the distance of its offset, then what is closed, written as entries are.
    func write(to writer: inout CheckpointWriter, beside checkpoint: Checkpoint, _ committed: Int64) {
        writer.varint(pointer.partition)
        writer.varint(pointer.offset)
        writer.varint(pointer.length)
        writer.fixed(pointer.sum)
        writer.zigzag(committed - self.committed)
        checkpoint.write(closed.map { OpenEntry(first: $0) }, to: &writer)
    }

    init?(_ reader: inout CheckpointReader, position: Int64, _ committed: Int64) {
        guard let partition = reader.number(Int32.self), let offset = reader.number(Int64.self),
            let length = reader.number(Int.self), length > 0, let sum = reader.fixed(UInt32.self),
            let distance = reader.zigzag(),
            case let (earlier, overflow) = committed.subtractingReportingOverflow(distance), !overflow, earlier >= 0,
            let closed = Checkpoint.readEntries(&reader, position),
            closed.allSatisfy({ $0 == OpenEntry(first: $0.first) })
        else { return nil }
        self.pointer = CheckpointPointer(partition: partition, offset: offset, length: length, sum: sum)
        self.committed = earlier
        self.closed = closed.map(\.first)
    }
}
