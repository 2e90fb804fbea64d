import EmbeddedKafka
import Kafka
import Synchronization
import Testing

/// Records that nobody has had time for stay in their batch, in order, while the consumer is polled.
@Suite(.waits) struct LeftOverTests {
    @Test func whatIsNotTakenComesAgain() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 2)
        let producer = try Producer(cluster.configuration)
        for number in 0..<20 {
            try producer.enqueue(topic: "t", partition: Int32(number % 2), key: nil, value: [UInt8(number)])
        }
        try producer.close()
        var configuration = cluster.configuration
        configuration[.groupID] = "g"
        let consumer = try Consumer(configuration)
        let places = [TopicPartition("t", 0), TopicPartition("t", 1)]
        try consumer.assign(places.map { PartitionOffset($0, .beginning) })
        // less room than there are records: it grows
        var batch = RecordBatch(capacity: 3)
        for _ in 0..<200 where batch.count < 20 { try consumer.poll(adding: 1, to: &batch, milliseconds: 100) }
        #expect(batch.count == 20)
        let taken = Mutex<[TopicPartition: [Int64]]>([:])
        func take(_ limits: [TopicPartition: Int]) {
            batch.takePartitions(threads: 2) { records in
                let limit = limits[records.place] ?? 0
                var seen: [Int64] = []
                let count = records.prefix { record in
                    guard seen.count < limit else { return false }
                    seen.append(record.offset)
                    return true
                }
                taken.withLock { $0[records.place, default: []] += seen }
                return count
            }
        }
        take([places[0]: 4])
        #expect(batch.count == 16)
        take([places[0]: 1, places[1]: 10])
        #expect(batch.count == 5)
        #expect(batch.holds(places[0]) && !batch.holds(places[1]))
        #expect(taken.withLock { $0 } == [places[0]: Array(0..<5), places[1]: Array(0..<10)])
        // of what is left over only the first ones are of an assignment that is gone
        batch.remove([places[0]], amongFirst: 3)
        #expect(batch.count == 2)
        take([places[0]: 10])
        #expect(taken.withLock { $0[places[0]] } == [0, 1, 2, 3, 4, 8, 9])
        #expect(batch.count == 0)
    }
}
