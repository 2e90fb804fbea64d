public import Kafka

/// Reads a round's groups back from the topic that the processor writes batches to, as a trainer beside Kafka does.
///
/// It begins where the topic ends when it is made: make it before the first record of a round is written.
public final class LessonReader {
    private let topic: String
    private let trainer: Trainer
    private let consumer: Consumer

    /// - Parameters:
    ///   - client: where the brokers are.
    ///   - topic: what the processor writes; batches as JSON.
    ///   - trainer: what makes steps of them.
    /// - Throws: ``KafkaError`` where the topic is not there or no broker answers.
    public init(_ client: ClientConfiguration, topic: String, trainer: Trainer) throws(KafkaError) {
        var reading = client
        // librdkafka wants a group to be named; nothing is ever committed
        reading[.groupID] = "dash-reinforce-trainer"
        reading[.autoCommit] = false
        reading[.isolationLevel] = "read_committed"
        self.topic = topic
        self.trainer = trainer
        consumer = try Consumer(reading) { _ in }
        let count = try Admin(client, milliseconds: 10_000).topics(topic).first?.partitions ?? 0
        var places: [PartitionOffset] = []
        for partition in 0..<count {
            let place = TopicPartition(topic, partition)
            places.append(PartitionOffset(place, .at(try consumer.watermarks(place).high)))
        }
        try consumer.assign(places)
    }

    /// Waits for groups.
    ///
    /// - Parameters:
    ///   - groups: their keys; other groups are passed over, and so is a group that comes again.
    ///   - isWaiting: asked several times a second; false ends the wait.
    /// - Returns: what came.
    /// - Throws: what keeps the topic from being read; brokers that are away are waited for.
    public func lesson(of groups: Set<String>, while isWaiting: () throws -> Bool) throws -> Trainer.Lesson {
        var lesson = Trainer.Lesson()
        var missing = groups
        var batch = RecordBatch()
        while !missing.isEmpty, try isWaiting() {
            // a consumer cannot be closed while its records are held
            defer { batch.removeAll() }
            do throws(KafkaError) {
                try consumer.poll(into: &batch, milliseconds: 100)
            } catch {
                guard error.isPassing else { throw error }
            }
            batch.forEach { record in
                guard let value = record.value else { return }
                let bytes = (0..<value.byteCount).map { unsafe value.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
                guard let part = trainer.read(bytes, of: missing) else { return }
                missing.subtract(part.groups)
                lesson.add(part)
            }
        }
        return lesson
    }
}
