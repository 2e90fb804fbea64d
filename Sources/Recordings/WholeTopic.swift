package import Kafka
internal import Reinforce

/// A topic from its first record to where it ends when the reading begins; committed records only.
package struct WholeTopic {
    private let range: TopicRange
    /// Bytes that may be read ahead.
    private static let memory = 64 << 20

    package init(_ name: String, _ client: ClientConfiguration) { range = TopicRange(client, topics: [name]) }

    package init(_ range: TopicRange) { self.range = range }

    /// Calls `body` with every record, partition after partition, each in order.
    ///
    /// - Throws: ``PipelineProblem`` where the topic cannot be read, and what `body` throws.
    package func forEach(_ body: (borrowing Record) throws -> Void) throws {
        let reader = try TopicReader(range, memory: Self.memory)
        var batch = RecordBatch()
        for partition in reader.partitions {
            while !partition.isDone {
                let count = try partition.read(into: &batch, limit: TopicReader.turn, milliseconds: 20, body)
                try reader.serve(starved: count == 0)
            }
        }
    }
}
