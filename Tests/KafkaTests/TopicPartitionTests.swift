import Kafka
import Testing

/// Partitions as a person reads them.
@Suite struct TopicPartitionTests {
    @Test(
        arguments: [
            ([], ""),
            ([("t", 3)], "t[3]"),
            ([("t", 2), ("t", 0), ("t", 1), ("t", 1)], "t[0-2]"),
            ([("b", 5), ("a", 9), ("b", 0), ("b", 1), ("a", 10), ("b", 7)], "a[9-10] b[0-1,5,7]"),
        ] as [([(String, Int32)], String)]
    )
    func manyAreToldInRanges(_ places: [(String, Int32)], _ text: String) {
        #expect(places.map { TopicPartition($0.0, $0.1) }.inRanges == text)
    }
}
