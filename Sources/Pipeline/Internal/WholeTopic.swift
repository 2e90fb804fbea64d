internal import Kafka

/// A topic from its first record to where it ended when the reading began; committed records only.
struct WholeTopic {
    private let name: String
    private let client: ClientConfiguration

    init(_ name: String, _ client: ClientConfiguration) {
        self.name = name
        self.client = client
    }

    /// Calls `body` with every record: of a partition in order, of several as they come.
    ///
    /// - Throws: ``PipelineProblem`` where the topic cannot be read, and what `body` throws.
    func forEach(_ body: (borrowing Record) throws -> Void) throws {
        do {
            try read(body)
        } catch let error as KafkaError {
            throw PipelineProblem(error, client)
        }
    }

    private func read(_ body: (borrowing Record) throws -> Void) throws {
        var configuration = client
        // a consumer needs a name, though it joins no group and commits nothing
        configuration[.groupID] = "dash-reinforce-reader"
        configuration[.autoCommit] = false
        configuration[.offsetReset] = "error"
        configuration[.partitionEnd] = true
        let consumer = try Consumer(configuration)
        var ends: [Int32: Int64] = [:]
        var starts: [PartitionOffset] = []
        for number in 0..<(try partitions()) {
            let (low, high) = try consumer.watermarks(TopicPartition(name, number))
            guard high > low else { continue }
            ends[number] = high
            starts.append(PartitionOffset(TopicPartition(name, number), .at(low)))
        }
        guard !ends.isEmpty else { return }
        try consumer.assign(starts)
        var batch = RecordBatch()
        var silence = 0
        while !ends.isEmpty {
            try consumer.poll(into: &batch, milliseconds: 500)
            silence = batch.count == 0 && batch.ends.isEmpty ? silence + 1 : 0
            if silence > 120 {
                throw PipelineProblem(.unavailable, "\(name): nothing came for a minute, and it has not ended")
            }
            try batch.forEach { record in
                guard let end = ends[record.partition], record.offset < end else { return }
                try body(record)
                if record.offset == end - 1 { ends[record.partition] = nil }
            }
            // the last offsets may belong to a transaction's marker, which no consumer sees
            for place in batch.ends {
                if case .at(let offset) = place.offset, let end = ends[place.partition.partition], offset >= end {
                    ends[place.partition.partition] = nil
                }
            }
        }
    }

    private func partitions() throws(KafkaError) -> Int32 {
        try Admin(client).topics(name).first?.partitions ?? 0
    }
}
