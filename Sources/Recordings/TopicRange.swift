internal import DashStream
public import Kafka
public import Problems

/// A range of some topics: what `record` writes down and `replay` runs through.
public struct TopicRange: Sendable {
    /// Where the brokers are; isolation and what must hold for a bounded reading are set on top.
    public var client: ClientConfiguration
    /// The topics, sorted, each once: so their order does not depend on who named them how.
    public let topics: [String]
    /// Where it begins.
    public var from: RangeBound
    /// Where it ends, exclusive; what comes after the work has started is not read.
    public var to: RangeBound

    /// A range of topics.
    public init(
        _ client: ClientConfiguration,
        topics: [String],
        from: RangeBound = .earliest,
        to: RangeBound = .latest
    ) {
        self.client = client
        self.topics = Set(topics).sorted()
        self.from = from
        self.to = to
    }

    /// What of it can be seen to be wrong without a broker.
    ///
    /// - Throws: ``PipelineProblem`` where it ends before it begins.
    public func check() throws(PipelineProblem) {
        try RecordingRange(from: from, to: to).check()
        for case .offsets(let offsets) in [from, to] where topics.count > 1 {
            guard offsets.keys.allSatisfy({ $0.topic.map(topics.contains) ?? false }) else {
                throw PipelineProblem(.usage, "with several topics, offsets name theirs: TOPIC:PARTITION:OFFSET")
            }
        }
    }
}

/// The offsets of one partition that a range holds.
package struct PartitionRange: Sendable, Hashable {
    package let partition: TopicPartition
    /// Number of the topic among the range's.
    package let topic: Int
    package let from: Int64
    /// Exclusive.
    package let to: Int64

    /// Offsets, which may be more than there are records.
    package var count: Int64 { max(0, to.saturatingMinus(from)) }
}
