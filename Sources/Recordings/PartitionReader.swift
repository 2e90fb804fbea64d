import DashStream
package import Kafka
import Problems
internal import Reinforce

/// Reads one partition of a range, in order, up to its end. One thread uses it at a time.
package final class PartitionReader: @unchecked Sendable {
    package let range: PartitionRange
    /// Records handed out.
    package private(set) var count = 0
    /// The next offset that may be handed out.
    package private(set) var next: Int64
    /// Everything up to the end was handed out.
    package private(set) var isDone: Bool
    private let queue: PartitionQueue
    private let client: ClientConfiguration

    init(_ range: PartitionRange, _ queue: PartitionQueue, _ client: ClientConfiguration) {
        self.range = range
        self.client = client
        self.queue = queue
        next = range.from
        isDone = range.from >= range.to
    }

    /// Takes what is there, at most `limit` records, and calls `body` with each; waits for some at most so long.
    ///
    /// - Returns: how many there were.
    /// - Throws: ``PipelineProblem`` where the partition cannot be read further, and what `body` throws.
    package func read(
        into batch: inout RecordBatch,
        limit: Int,
        milliseconds: Int32,
        _ body: (borrowing Record) throws -> Void
    ) throws -> Int {
        guard !isDone else { return 0 }
        // the client must not be closed while its records are held
        defer { batch.removeAll() }
        var problem: KafkaError?
        do throws(KafkaError) {
            try queue.poll(into: &batch, limit: limit, milliseconds: milliseconds)
        } catch {
            problem = error
        }
        var taken = 0
        try batch.forEach { record in
            // never twice, whatever the client does
            guard record.offset >= next, record.offset < range.to else { return }
            next = record.offset.saturatingPlus(1)
            taken += 1
            try body(record)
        }
        count += taken
        if next >= range.to || passedEnd(batch) { isDone = true }
        if let problem, !isDone, problem.recovery != .retry { throw PipelineProblem(problem, client) }
        return taken
    }

    /// The range ends with what is no record (markers of transactions, what compaction has taken out).
    private func passedEnd(_ batch: borrowing RecordBatch) -> Bool {
        var passed = false
        batch.forEach { record in if record.offset >= range.to { passed = true } }
        for end in batch.ends {
            if case .at(let offset) = end.offset, offset >= range.to { passed = true }
        }
        return passed
    }
}
