internal import CRdkafka
internal import Dispatch
internal import Synchronization

/// The records of one partition within a batch, in the order they came; borrowed like the batch's.
@safe
public struct PartitionRecords: ~Copyable, @unchecked Sendable {
    /// The partition.
    public let place: TopicPartition
    fileprivate let messages: [UnsafeMutablePointer<rd_kafka_message_t>]

    /// How many there are.
    public var count: Int { unsafe messages.count }

    /// The offset of the last of them.
    public var lastOffset: Int64 { unsafe messages.last?.pointee.offset ?? -1 }

    /// Calls `body` with every record, in order.
    public func forEach<E: Error>(_ body: (borrowing Record) throws(E) -> Void) throws(E) {
        for index in unsafe messages.indices { try body(unsafe Record(messages[index])) }
    }

    /// Calls `body` with one record after the other until it returns false.
    ///
    /// - Returns: for how many it has returned true.
    public func prefix(_ body: (borrowing Record) -> Bool) -> Int {
        for index in unsafe messages.indices where !body(unsafe Record(messages[index])) { return index }
        return count
    }
}

extension RecordBatch {
    /// Calls `body` once for every partition that has records here: partitions side by side on at most `threads` threads,
    /// the records of each in order. Returns when all are done.
    public func forEachPartition(threads: Int, _ body: @escaping @Sendable (borrowing PartitionRecords) -> Void) {
        let parts = unsafe Parts(split())
        guard threads > 1, parts.count > 1 else {
            for index in 0..<parts.count { parts.visit(index, body) }
            return
        }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, parts.count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < parts.count else { return }
                parts.visit(index, body)
            }
        }
    }

    /// The same, and `body` says how many of a partition's first records it has taken: these leave the batch, the others
    /// stay for the next time.
    public mutating func takePartitions(
        threads: Int,
        _ body: @escaping @Sendable (borrowing PartitionRecords) -> Int
    ) {
        let taken = Mutex<[TopicPartition: Int]>([:])
        forEachPartition(threads: threads) { records in
            let count = body(records)
            taken.withLock { $0[records.place] = count }
        }
        var left = taken.withLock { $0 }
        // of the partition that the last record was of
        var run: (place: TopicPartition, left: Int)?
        remove { place in
            if run?.place != place {
                if let run { left[run.place] = run.left }
                run = (place, left[place] ?? 0)
            }
            run?.left -= 1
            return (run?.left ?? -1) >= 0
        }
    }

    /// Gives the records of some partitions back, and forgets that they were read to their end.
    ///
    /// - Parameter first: records of the batch that this is about; what stands behind them stays.
    public mutating func remove(_ places: Set<TopicPartition>, amongFirst first: Int) {
        var left = first
        remove { place in
            left -= 1
            return left >= 0 && places.contains(place)
        }
        ends.removeAll { places.contains($0.partition) }
    }

    /// Removes the records whose partition `isDone` is true for, asked for each in order.
    private mutating func remove(_ isDone: (TopicPartition) -> Bool) {
        var last: (topic: OpaquePointer?, place: TopicPartition)?
        unsafe removeAll { message in
            let topic = unsafe message.pointee.rkt
            let partition = unsafe message.pointee.partition
            if let known = unsafe last, unsafe known.topic == topic, unsafe known.place.partition == partition {
                return unsafe !isDone(known.place)
            }
            let name = unsafe topic.map { unsafe String(cString: rd_kafka_topic_name($0)) } ?? ""
            let place = TopicPartition(name, partition)
            unsafe last = (topic, place)
            return !isDone(place)
        }
    }

    /// Whether a record of the partition is in it.
    public func holds(_ place: TopicPartition) -> Bool {
        for index in 0..<count {
            let message = unsafe self[message: index]
            guard unsafe message.pointee.partition == place.partition, let topic = unsafe message.pointee.rkt else {
                continue
            }
            if unsafe String(cString: rd_kafka_topic_name(topic)) == place.topic { return true }
        }
        return false
    }

    /// Of the ends only these are still news.
    public mutating func keep(ends: [PartitionOffset]) { self.ends = ends }

    @safe
    private struct Parts: @unchecked Sendable {
        private let parts: [(place: TopicPartition, messages: [UnsafeMutablePointer<rd_kafka_message_t>])]
        var count: Int { unsafe parts.count }

        init(_ parts: [(place: TopicPartition, messages: [UnsafeMutablePointer<rd_kafka_message_t>])]) {
            unsafe self.parts = unsafe parts
        }

        func visit(_ index: Int, _ body: (borrowing PartitionRecords) -> Void) {
            let part = unsafe parts[index]
            body(unsafe PartitionRecords(place: part.place, messages: part.messages))
        }
    }

    /// The messages by partition. Runs of one partition are long, so that the last one is looked at first.
    private func split() -> [(place: TopicPartition, messages: [UnsafeMutablePointer<rd_kafka_message_t>])] {
        var parts: [(place: TopicPartition, messages: [UnsafeMutablePointer<rd_kafka_message_t>])] = unsafe []
        var keys: [(topic: OpaquePointer?, partition: Int32)] = unsafe []
        var last = -1
        for at in 0..<count {
            let message = unsafe self[message: at]
            let topic = unsafe message.pointee.rkt
            let partition = unsafe message.pointee.partition
            if unsafe last < 0 || keys[last].topic != topic || keys[last].partition != partition {
                last = unsafe keys.firstIndex { unsafe $0.topic == topic && $0.partition == partition } ?? keys.count
                if unsafe last == keys.count {
                    unsafe keys.append((topic, partition))
                    let name = unsafe topic.map { unsafe String(cString: rd_kafka_topic_name($0)) } ?? ""
                    unsafe parts.append((TopicPartition(name, partition), []))
                }
            }
            unsafe parts[last].messages.append(message)
        }
        return unsafe parts
    }
}
