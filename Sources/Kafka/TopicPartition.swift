/// A partition of a topic.
public struct TopicPartition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The topic.
    public let topic: String
    /// The partition's number.
    public let partition: Int32

    /// Names a partition.
    public init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// In the order of topics and numbers.
    public static func < (a: TopicPartition, b: TopicPartition) -> Bool {
        (a.topic, a.partition) < (b.topic, b.partition)
    }
    /// As `topic[3]`.
    public var description: String { "\(topic)[\(partition)]" }
}

extension Collection where Element == TopicPartition {
    /// All of them in order, as `events[0-3,7] scored[0-11]`.
    public var inRanges: String {
        var topics: [(name: String, runs: [ClosedRange<Int32>])] = []
        for place in sorted() {
            if topics.last?.name != place.topic { topics.append((place.topic, [])) }
            let (topic, number) = (topics.count - 1, place.partition)
            if let last = topics[topic].runs.last, number - last.upperBound <= 1 {
                topics[topic].runs[topics[topic].runs.count - 1] = last.lowerBound...number
            } else {
                topics[topic].runs.append(number...number)
            }
        }
        return topics.map { topic in
            let runs = topic.runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            return "\(topic.name)[\(runs.joined(separator: ","))]"
        }.joined(separator: " ")
    }
}

/// Where in a partition.
public enum Offset: Sendable, Hashable {
    /// At this record.
    case at(Int64)
    /// At the first record that is left.
    case beginning
    /// Behind the last record.
    case end
    /// Where the group has committed.
    case stored
    /// So many records before the end.
    case tail(Int64)
    /// Nowhere: nothing is known.
    case unknown
}

/// A place in a partition, with what the group keeps beside it.
public struct PartitionOffset: Sendable, Hashable {
    /// The partition.
    public let partition: TopicPartition
    /// The place.
    public var offset: Offset
    /// Text that is kept with a committed offset.
    public var metadata: String
    /// Why nothing is known of this partition.
    public let error: KafkaError?

    /// A place.
    public init(_ partition: TopicPartition, _ offset: Offset, metadata: String = "", error: KafkaError? = nil) {
        self.partition = partition
        self.offset = offset
        self.metadata = metadata
        self.error = error
    }
}
