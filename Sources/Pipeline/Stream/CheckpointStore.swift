package import Kafka
internal import Reinforce

/// Reads what was committed, and what was too long to stand beside an offset. Any thread may use it.
package struct CheckpointStore: Sendable {
    let group: String
    let topic: String
    let client: ClientConfiguration

    package init(group: String, topic: String, client: ClientConfiguration) {
        (self.group, self.topic, self.client) = (group, topic, client)
    }

    /// The checkpoint beside a committed offset.
    ///
    /// - Throws: ``CheckpointError`` where it cannot be gone on from, ``KafkaError`` where it cannot be read.
    package func checkpoint(_ place: PartitionOffset) throws -> Checkpoint {
        let found = try part(place)
        guard let base = found.base else { return found }
        let earlier = try Checkpoint(text(at: base.pointer), group: group, committed: base.committed)
        // whatever tells changes tells them of a whole one
        guard earlier.base == nil else { throw CheckpointError.damaged }
        return found.whole(on: earlier)
    }

    /// What stands beside a committed offset, or is pointed at there: changes of an earlier checkpoint, or all of it.
    private func part(_ place: PartitionOffset) throws -> Checkpoint {
        guard case .at(let offset) = place.offset else { throw CheckpointError.empty }
        guard place.metadata.hasPrefix("@") else {
            return try Checkpoint(place.metadata, group: group, committed: offset)
        }
        guard let pointer = CheckpointPointer(place.metadata) else { throw CheckpointError.foreign }
        return try Checkpoint(text(at: pointer), group: group, committed: offset)
    }

    private func text(at pointer: CheckpointPointer) throws -> String {
        let values = try values([TopicPartition(topic, pointer.partition): [pointer.offset]])
        guard let value = values.first?.value, pointer.names(value) else { throw CheckpointError.damaged }
        return String(decoding: value, as: UTF8.self)
    }

    /// Who wrote the checkpoint beside a committed offset; nil where there is none that can be read.
    func token(of place: PartitionOffset) throws(KafkaError) -> CommitToken? {
        do {
            return try part(place).token
        } catch let error as KafkaError {
            throw error
        } catch {
            return nil
        }
    }

    /// When a record of another topic was written, milliseconds; nil: it has no time, or none has come.
    func time(of place: TopicPartition, at offset: Int64) throws(KafkaError) -> Int64? {
        let consumer = try consumer()
        var batch = RecordBatch(capacity: 1)
        try consumer.assign([PartitionOffset(place, .at(offset))])
        let deadline = SystemClock.uptime + 8000
        var time: Int64?
        while time == nil, SystemClock.uptime < deadline {
            try consumer.poll(into: &batch, milliseconds: 200)
            batch.forEach { time = $0.timestamp }
        }
        return time.flatMap { $0 < 0 ? nil : $0 }
    }

    /// The parts of a spilled thread, in order.
    func parts(of entry: OpenEntry) throws(KafkaError) -> [[UInt8]] {
        let wanted = Dictionary(grouping: entry.parts) { TopicPartition(topic, $0.partition) }
        let found = try values(wanted.mapValues { $0.map(\.offset) })
        let byAddress = Dictionary(found.map { ($0.place, $0.value) }) { first, _ in first }
        return entry.parts.compactMap { byAddress[RecordAddress(partition: $0.partition, offset: $0.offset)] }
    }

    /// The values of some records of the topic, in the order of their offsets.
    ///
    /// - Throws: ``KafkaError`` where they cannot be read within half a minute.
    func values(_ wanted: [TopicPartition: [Int64]]) throws(KafkaError) -> [(
        place: RecordAddress, value: [UInt8]
    )] {
        var found: [(place: RecordAddress, value: [UInt8])] = []
        for (place, offsets) in wanted.sorted(by: { $0.key < $1.key }) {
            found += try read(place, offsets.sorted())
        }
        return found
    }

    /// Reads single records of any topic, without the group.
    private func consumer() throws(KafkaError) -> Consumer {
        var configuration = client
        configuration[.groupID] = group
        configuration[.autoCommit] = false
        configuration[.offsetReset] = "error"
        configuration[.isolationLevel] = "read_committed"
        return try Consumer(configuration)
    }

    private func read(_ place: TopicPartition, _ offsets: [Int64]) throws(KafkaError)
        -> [(place: RecordAddress, value: [UInt8])]
    {
        let consumer = try consumer()
        var batch = RecordBatch(capacity: 1)
        var found: [(place: RecordAddress, value: [UInt8])] = []
        let clock = SystemClock()
        for offset in offsets {
            try consumer.assign([PartitionOffset(place, .at(offset))])
            let deadline = clock.milliseconds + 30_000
            var next: Int64 = -1
            while next < 0 {
                try consumer.poll(into: &batch, milliseconds: 200)
                batch.forEach { record in
                    next = record.offset
                    guard next == offset, let value = record.value else { return }
                    let bytes = unsafe value.withUnsafeBytes { unsafe Array($0) }
                    found.append((RecordAddress(partition: place.partition, offset: offset), bytes))
                }
                if next < 0, clock.milliseconds > deadline {
                    throw KafkaError(.timedOut, "read \(place) at offset \(offset)", "no answer")
                }
            }
            batch.removeAll()
        }
        return found
    }
}

/// A record of a topic that is known.
struct RecordAddress: Hashable, Sendable {
    let partition: Int32
    let offset: Int64
}
