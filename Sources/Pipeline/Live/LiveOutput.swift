internal import DashStream
internal import Kafka
internal import Reinforce
internal import Settings

/// Writes batches and dead letters; nothing is committed before all of it is known to be written.
final class LiveOutput {
    private let producer: Producer
    private let output: OutputRecords
    private(set) var batchesWritten = 0
    private(set) var deadLetters = 0

    init(_ producer: Producer, _ settings: Settings, _ estimator: Estimator) {
        self.producer = producer
        output = OutputRecords(settings, estimator)
    }

    /// Writes a batch.
    func write(_ batch: Batch) throws(KafkaError) {
        try producer.enqueue(output.record(batch))
        batchesWritten += 1
    }

    /// Writes a record that cannot be read.
    ///
    /// - Parameter time: the time of day, milliseconds since 1970.
    func write(poison: Poison, _ record: borrowing Record, at time: Int64) throws(KafkaError) {
        try producer.enqueue(output.record(poison, stage: "decode", record, at: time))
        deadLetters += 1
    }

    /// Writes a reference to a group that no record could hold.
    func write(tooLarge group: RenderedGroup) throws(KafkaError) {
        try producer.enqueue(output.record(tooLarge: group))
        deadLetters += 1
    }

    /// Writes an adapter.
    func write(_ adapter: AdapterRecord) throws(KafkaError) { try producer.enqueue(output.record(adapter)) }

    /// Waits until all of it is written.
    func flush() throws(KafkaError) {
        try producer.flush(milliseconds: 30_000)
        if let failure = producer.counts.firstFailure { throw failure }
    }

    func close() throws(KafkaError) { try producer.close(milliseconds: 30_000) }
}
