import Files
internal import Recordings

/// A chunk of a recording on its way through its partitions, and what came of it there.
final class ChunkWork {
    /// What came of one partition's records.
    struct Part {
        let deadLetters: [DeadLetter]
        let notices: NoticeTally
        /// Index of a record that contradicted its own length.
        let damaged: Int?
        let failure: (any Error)?
    }

    let chunk: RecordChunk
    /// Bytes of the recording up to its end.
    let bytes: Int64
    /// The share of the recording up to its end, where that is known.
    let share: Double?
    let group = LanePool.Group()
    private let slots: Slots<Part>

    init(_ chunk: RecordChunk, bytes: Int64, share: Double?) {
        self.chunk = chunk
        self.bytes = bytes
        self.share = share
        slots = Slots(chunk.partitions.count)
    }

    /// In the order of the partitions, once all are done.
    var parts: [Part] { slots.values }

    /// Lets a partition take its records.
    func run(_ index: Int, _ partition: ReplayPartition) {
        partition.receive(chunk.partitions[index].records, of: chunk)
        slots.set(
            index,
            Part(
                deadLetters: partition.takeDeadLetters(),
                notices: partition.takeNotices(),
                damaged: partition.damaged,
                failure: partition.failure
            )
        )
    }
}
