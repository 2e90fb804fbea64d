internal import Kafka

/// A topic that is a table: read from its beginning to its end, then followed. Joins no group, commits nothing.
final class TableTopic {
    let name: String
    private let client: ClientConfiguration
    private let consumer: Consumer
    private var batch = RecordBatch(capacity: 2000)
    /// Where each partition ended when the reading began; gone once it was reached.
    private var ends: [Int32: Int64] = [:]
    private var positions: [Int32: Int64] = [:]

    /// - Parameters:
    ///   - name: the topic.
    ///   - client: where the brokers are.
    ///   - app: a consumer needs a group's name, though it never joins it.
    init(_ name: String, _ client: ClientConfiguration, app: String) throws(KafkaError) {
        self.name = name
        self.client = client
        var configuration = client
        configuration[.groupID] = app
        configuration[.autoCommit] = false
        configuration[.autoOffsetStore] = false
        configuration[.offsetReset] = "error"
        configuration[.isolationLevel] = "read_committed"
        configuration[.partitionEnd] = true
        consumer = try Consumer(configuration)
    }

    /// Where a partition begins and ends now, asked of the broker.
    private func bounds(_ partition: Int32) throws(KafkaError) -> (low: Int64, high: Int64) {
        try consumer.watermarks(TopicPartition(name, partition))
    }

    /// Reads these partitions too, each from its beginning; those that are read already go on where they are.
    func follow(_ partitions: [Int32: (low: Int64, high: Int64)]) throws(KafkaError) {
        let again = partitions.keys.filter { positions[$0] != nil }.sorted()
        try consumer.remove(again.map { TopicPartition(name, $0) })
        for (number, bounds) in partitions {
            ends[number] = bounds.high > bounds.low ? bounds.high : nil
            positions[number] = bounds.low
        }
        try consumer.add(
            partitions.sorted { $0.key < $1.key }.map {
                PartitionOffset(TopicPartition(name, $0.key), .at($0.value.low))
            }
        )
    }

    /// Reads a partition no more.
    func leave(_ partition: Int32) throws(KafkaError) {
        guard positions.removeValue(forKey: partition) != nil else { return }
        ends[partition] = nil
        try consumer.remove([TopicPartition(name, partition)])
    }

    /// Whether a partition has been read to where it ended when it was taken.
    func isThrough(_ partition: Int32) -> Bool { ends[partition] == nil }

    /// Follows every partition, and reads all of them to where they end now.
    ///
    /// - Throws: ``KafkaError`` where the topic cannot be read to its end.
    func readWhole(_ body: (borrowing Record) -> Void) throws(KafkaError) {
        var bounds: [Int32: (low: Int64, high: Int64)] = [:]
        let count = try Admin(client).topics(name).first?.partitions ?? 0
        for number in 0..<count { bounds[number] = try self.bounds(number) }
        try follow(bounds)
        try readToEnd(body)
    }

    /// Reads on until every partition has been read to where it ended when it was taken, for at most so long.
    ///
    /// - Throws: ``KafkaError`` where the topic cannot be read to its end.
    private func readToEnd(milliseconds: Int = 60_000, _ body: (borrowing Record) -> Void) throws(KafkaError) {
        let clock = SystemClock()
        let deadline = clock.milliseconds + Int64(milliseconds)
        while !ends.isEmpty {
            guard clock.milliseconds < deadline else {
                throw KafkaError(
                    .timedOut,
                    "read topic \(name)",
                    "\(ends.count) partitions are not read to their end after \(milliseconds) ms"
                )
            }
            try poll(milliseconds: 100, body)
        }
    }

    /// The next offset that is read of a partition; nil: it is not followed.
    func position(of partition: Int32) -> Int64? { positions[partition] }

    /// Takes what is there.
    func poll(milliseconds: Int32 = 0, _ body: (borrowing Record) -> Void) throws(KafkaError) {
        defer { batch.removeAll() }
        do throws(KafkaError) {
            try consumer.poll(into: &batch, milliseconds: milliseconds)
        } catch {
            // librdkafka reconnects by itself
            guard error.isPassing else { throw error }
        }
        batch.forEach { record in
            // what was fetched of a partition before it was left is nobody's
            guard positions[record.partition] != nil else { return }
            positions[record.partition] = record.offset + 1
            if let end = ends[record.partition], record.offset >= end - 1 { ends[record.partition] = nil }
            body(record)
        }
        // the last offsets may belong to a transaction's marker, which no consumer sees
        for place in batch.ends {
            guard case .at(let offset) = place.offset, positions[place.partition.partition] != nil else { continue }
            positions[place.partition.partition] = offset
            if let end = ends[place.partition.partition], offset >= end { ends[place.partition.partition] = nil }
        }
    }
}
