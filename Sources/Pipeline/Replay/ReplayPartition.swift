import DashStream
import Files
import JSON
import Kafka
internal import Recordings
package import Reinforce

/// One partition of a replay: its stage, and its share of the dead letters.
package final class ReplayPartition {
    let topic: String
    let partition: Int32
    package var stage: ThreadStage
    private(set) var deadLetters: [DeadLetter] = []
    private var notices = NoticeTally()
    /// Index of a record that contradicted its own length.
    private(set) var damaged: Int?
    /// What a topic's partition could not do.
    private(set) var failure: (any Error)?
    private let topicNumber: Int32
    private let latestBelieved: Int64
    private let keepsDeadLetters: Bool
    /// Where messages are put away, where they are not assembled at once.
    private let units: UnitSorter?
    private var pieces: [UnitSorter.Piece] = []
    private var pieceBytes = 0
    /// What threads hold, where they are assembled at once.
    private let gauge: MemoryGauge?
    private var held = 0

    /// - Parameters:
    ///   - gauge: told what threads hold; above its limit no more is taken, for everything is read again.
    ///   - units: where messages are put away instead.
    init(
        _ options: ReplayOptions,
        topic: String,
        number: Int,
        partition: Int32,
        gauge: MemoryGauge? = nil,
        units: UnitSorter? = nil
    ) {
        self.gauge = gauge
        self.units = units
        self.topic = topic
        self.partition = partition
        topicNumber = Int32(truncatingIfNeeded: number)
        stage = ThreadStage(options.stage, mode: .replay, examples: options.examples, registry: options.registry)
        latestBelieved = options.asOf.map { $0.saturatingPlus(options.maxClockSkew) } ?? .max
        keepsDeadLetters = options.deadLetters != nil
    }

    /// One that is fed by hand.
    package convenience init(_ options: ReplayOptions, topic: String, partition: Int32) {
        self.init(options, topic: topic, number: 0, partition: partition)
    }

    /// Takes this partition's records of a chunk.
    func receive(_ records: [RecordLocation], of chunk: RecordChunk) {
        let bytes = unsafe chunk.bytes.span.bytes
        for location in records {
            guard damaged == nil, failure == nil, gauge?.isOver != true else { return }
            guard let record = RecordView(bytes.extracting(location.start..<location.end), partition: partition) else {
                damaged = location.index
                return
            }
            receive(record.key, record.value, record.position, record.traceparent, number: location.index)
        }
        tellGauge(above: 0)
        do { try putAway() } catch { failure = error }
    }

    /// Hands the messages of the last records over.
    private func putAway() throws(OutputError) {
        guard let units else { return }
        try units.add(pieces)
        pieces.removeAll(keepingCapacity: true)
        pieceBytes = 0
    }

    /// Takes what there is of this partition, at most some thousand records; waits for it at most so long.
    func receive(from reader: PartitionReader, milliseconds: Int32) {
        let none: [UInt8] = []
        var batch = RecordBatch(capacity: 2000)
        do {
            for turn in 0..<4 where failure == nil && !reader.isDone && gauge?.isOver != true {
                var number = reader.count
                let count = try reader.read(into: &batch, limit: 2000, milliseconds: turn == 0 ? milliseconds : 0) {
                    record in
                    let position = RecordPosition(
                        partition: record.partition,
                        offset: record.offset,
                        timestamp: record.timestamp
                    )
                    // a recording cannot tell a missing key from an empty one, and must give the same
                    let key: RawSpan
                    if let known = record.key { key = known } else { key = unsafe none.span.bytes }
                    if units == nil {
                        // the client takes all headers apart to find one: only where a thread begins
                        let headers = unsafe record.unsafeHeaders
                        receive(key, record.value, position, nil, number: number) {
                            unsafe headers.value("traceparent")
                        }
                    } else {
                        receive(key, record.value, position, record.header("traceparent"), number: number)
                    }
                    number += 1
                }
                try putAway()
                tellGauge(above: 0)
                if count == 0 { return }
            }
        } catch {
            failure = error
        }
    }

    private func receive(
        _ key: RawSpan,
        _ value: RawSpan?,
        _ place: RecordPosition,
        _ traceparent: RawSpan?,
        number: Int,
        lookUp: (() -> [UInt8]?)? = nil
    ) {
        var position = place
        position.topic = topicNumber
        if position.timestamp > latestBelieved { position.timestamp = -1 }
        if position.timestamp < 0 { notices.note(.clampedTime) { sample(place, key) } }
        let poison =
            units == nil
            ? stage.receive(key: key, value: value, at: position, traceparent: traceparent, lookUp: lookUp)
            : unpack(key, value, position, traceparent, number)
        if gauge != nil {
            tellGauge(above: 64 << 10)
        } else if pieceBytes > 1 << 20 {
            // compressed records may hold a thousand times their size
            do { try putAway() } catch { failure = error }
        }
        if let poison {
            notices.note(.deadLetter(poison.reason)) { sample(place, key).with("problem", poison.message) }
        }
        if let poison, keepsDeadLetters {
            deadLetters.append(DeadLetter(poison, place, key: key, value: value, number: number, topic: topic))
        }
    }

    /// Tells the gauge what threads hold, where that has changed by so much: partitions share it, and each tells rarely.
    private func tellGauge(above bytes: Int) {
        guard let gauge else { return }
        let change = stage.heldBytes - held
        guard abs(change) > bytes else { return }
        gauge.add(change)
        held += change
    }

    private func unpack(
        _ key: RawSpan,
        _ value: RawSpan?,
        _ position: RecordPosition,
        _ traceparent: RawSpan?,
        _ number: Int
    ) -> Poison? {
        var pieces: [UnitSorter.Piece] = []
        swap(&pieces, &self.pieces)
        defer { self.pieces = pieces }
        var bytes = 0
        defer { pieceBytes += bytes }
        return stage.unpack(key: key, value: value, at: position) { unit, index, streamTime in
            let piece = UnitSorter.piece(
                unit,
                index: index,
                at: position,
                streamTime: streamTime,
                traceparent: traceparent,
                number: number
            )
            bytes += piece.key.count + piece.value.count
            pieces.append(piece)
        }
    }

    private func sample(_ place: RecordPosition, _ key: RawSpan) -> NoticeSample {
        NoticeSample(recordKey: key, topic, partition, place.offset)
    }

    /// Hands over what is worth a notice so far.
    func takeNotices() -> NoticeTally {
        if stage.hasOddities { notices.note(stage.takeOddities(), topic: topic) }
        defer { notices = NoticeTally() }
        return notices
    }

    /// Hands over the dead letters so far.
    func takeDeadLetters() -> [DeadLetter] {
        defer { deadLetters.removeAll() }
        return deadLetters
    }
}
