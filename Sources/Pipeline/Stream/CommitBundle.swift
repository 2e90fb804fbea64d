internal import Failpoints
internal import Kafka
internal import Reinforce
internal import Synchronization

/// What goes into one transaction, and what each task gave to it.
final class CommitBundle {
    /// One task's share.
    struct Part {
        let task: any StreamTask
        var output: TaskOutput
        let checkpoint: Checkpoint
        /// Records of its topic below it are needed no more once this is committed; nil: nothing is deleted there.
        let purgesBelow: Int64?
    }

    private(set) var parts: [Part]
    let token: CommitToken
    /// Under way since, milliseconds of the monotonic clock.
    let since: Int64
    /// The same of the machine's clock.
    let begun = SystemClock.uptime
    var ticket: TransactionTicket?
    /// What was committed, as the broker got it.
    let places = CommittedPlaces()
    /// Sizes of its checkpoints, bytes of their texts, and how many of them were too long to stand beside an offset.
    private(set) var checkpoints: (bytes: [Int], pointers: Int) = ([], 0)

    init(_ parts: [Part], token: CommitToken, since: Int64) {
        self.parts = parts
        self.token = token
        self.since = since
    }

    /// Partitions whose offsets it carries.
    var partitions: [TopicPartition] { parts.map(\.task.place) }

    /// The transaction: outputs in the order of the parts, then checkpoints that are too long to stand beside an offset.
    ///
    /// Every part carries an offset, even an unchanged one: it is the only fence of the group.
    func transaction(group: String, checkpointsTopic: String) -> Transaction {
        var records = parts.flatMap(\.output.records)
        var texts: [(place: TopicPartition, offset: Int64, text: String, isWhole: Bool)] = []
        for part in parts
        where !(Faults.isOff("timer-offsets") && part.checkpoint.isSamePlace(part.task.committed)) {
            var text = part.checkpoint.text(group: group, committed: part.checkpoint.position)
            if Faults.isOff("checkpoint") { text = "" }
            texts.append((part.task.place, part.checkpoint.position, text, part.checkpoint.base == nil))
        }
        checkpoints = (texts.map(\.text.utf8.count), texts.count { !Checkpoint.fitsInline($0.text) })
        for entry in texts where !Checkpoint.fitsInline(entry.text) {
            records.append(
                OutgoingRecord(
                    topic: checkpointsTopic,
                    // the topic is compacted: changes must not take the place of what they are changes of
                    key: Array("\(group)|\(entry.place)\(entry.isWhole ? "" : "|changes")".utf8),
                    value: Array(entry.text.utf8),
                    reportsOffset: true
                )
            )
        }
        let prepared = texts
        let others = parts.flatMap(\.output.exampleOffsets).sorted { $0.key < $1.key }.map { place, offset in
            PartitionOffset(place, .at(offset))
        }
        return Transaction(records) { [places] deliveries in
            var pointers = deliveries.makeIterator()
            var found = prepared.map { entry in
                var text = entry.text
                if !Checkpoint.fitsInline(text), let delivery = pointers.next() {
                    text = CheckpointPointer(partition: delivery.partition, offset: delivery.offset, text: text).text
                }
                return PartitionOffset(entry.place, .at(entry.offset), metadata: text)
            }
            found += others
            places.set(found)
            return found
        }
    }

    /// Gives everything back: it was not committed, and may be sent again.
    func giveBack() { for part in parts { part.task.restore(part.output) } }

    /// Puts another record in the place of one, before it is given back.
    func replace(_ index: Int, by other: (OutgoingRecord) -> OutgoingRecord) {
        var index = index
        for number in parts.indices {
            let count = parts[number].output.records.count
            if index < count {
                return parts[number].output.replace(index, by: other(parts[number].output.records[index]))
            }
            index -= count
        }
    }

    /// Notes that it was committed.
    func confirm() {
        let metadata = Dictionary(places.all.map { ($0.partition, $0.metadata) }) { first, _ in first }
        for part in parts { part.task.confirm(part.checkpoint, metadata: metadata[part.task.place] ?? "") }
    }
}

/// What a transaction has committed, as the broker got it; written on the producer's thread.
final class CommittedPlaces: Sendable {
    private let value = Mutex<[PartitionOffset]>([])
    /// The places.
    var all: [PartitionOffset] { value.withLock { $0 } }
    func set(_ places: [PartitionOffset]) { value.withLock { $0 = places } }
}

extension Checkpoint {
    /// Nothing has moved since `other`.
    func isSamePlace(_ other: Checkpoint?) -> Bool { other?.position == position }
}
