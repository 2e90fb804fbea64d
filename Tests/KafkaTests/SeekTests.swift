import EmbeddedKafka
import Kafka
import Testing

@Suite(.waits) struct SeekTests {
    @Test func recordsAreReadAgainFromThere() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 1)
        let producer = try Producer(cluster.configuration)
        for number in 0..<10 { try producer.enqueue(topic: "t", key: nil, value: [UInt8(number)]) }
        try producer.close()
        var configuration = cluster.configuration
        configuration[.groupID] = "g"
        let consumer = try Consumer(configuration)
        let place = TopicPartition("t", 0)
        try consumer.assign([PartitionOffset(place, .beginning)])
        var batch = RecordBatch()
        var offsets: [Int64] = []
        func read(until last: Int64, _ count: Int) throws {
            for _ in 0..<200 where offsets.filter({ $0 == last }).count < count {
                try consumer.poll(into: &batch, milliseconds: 100)
                batch.forEach { offsets.append($0.offset) }
            }
        }
        try read(until: 9, 1)
        try consumer.seek(PartitionOffset(place, .at(7)))
        try read(until: 9, 2)
        batch.removeAll()
        #expect(offsets == Array(0...9) + [7, 8, 9])
    }
}
