import DashStream
import JSON
import Reinforce

/// One partition of a replay: its stage, and its share of the dead letters.
final class ReplayPartition {
    let topic: String
    let partition: Int32
    var stage: ThreadStage
    private(set) var deadLetters: [DeadLetter] = []
    /// Index of a record that contradicted its own length.
    private(set) var damaged: Int?
    private let latestBelieved: Int64
    private let keepsDeadLetters: Bool

    init(_ options: ReplayOptions, topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
        stage = ThreadStage(options.stage, mode: .replay, examples: options.examples, registry: options.registry)
        latestBelieved = options.asOf.map { $0 &+ options.maxClockSkew } ?? .max
        keepsDeadLetters = options.deadLetters != nil
    }

    /// Takes this partition's records of a chunk.
    func receive(_ records: [RecordLocation], of chunk: RecordChunk) {
        let bytes = unsafe chunk.bytes.span.bytes
        for location in records {
            guard damaged == nil else { return }
            guard let record = RecordView(bytes.extracting(location.start..<location.end), partition: partition) else {
                damaged = location.index
                return
            }
            var position = record.position
            if position.timestamp > latestBelieved { position.timestamp = -1 }
            let poison = stage.receive(
                key: record.key,
                value: record.value,
                at: position,
                traceparent: record.traceparent
            )
            if let poison, keepsDeadLetters {
                deadLetters.append(DeadLetter(poison, record, index: location.index, topic: topic))
            }
        }
    }

    /// Hands over the dead letters so far.
    func takeDeadLetters() -> [DeadLetter] {
        defer { deadLetters.removeAll() }
        return deadLetters
    }
}
