import DashStream
import Kafka
package import Problems

/// Reads a range of topics: every partition by itself, so that several threads can share the work.
package final class TopicReader {
    /// How many records of a partition come before the next one's turn, where they stand in one sequence: in recordings,
    /// and in the numbering of a replay's input. So the sequence depends on the range alone, never on who answered first.
    package static let turn = 1000
    /// How long nothing may come before that is an error.
    private static let patience = Duration.seconds(60)

    package let range: TopicRange
    package private(set) var partitions: [PartitionReader]
    private let consumer: Consumer
    private var lastCount = 0
    private var lastProgress = ContinuousClock.now
    private var lastNudge = ContinuousClock.now
    private var nudged = 0

    /// - Parameters:
    ///   - memory: bytes that may be read ahead.
    ///   - ranges: the offsets, where they are known from an earlier reading; nil: they are asked for now.
    /// - Throws: ``PipelineProblem`` where something is not there.
    package init(_ range: TopicRange, memory: Int, ranges known: [PartitionRange]? = nil) throws(PipelineProblem) {
        try range.check()
        self.range = range
        let ranges: [PartitionRange]
        if let known { ranges = known } else { ranges = try Self.resolve(range) }
        do throws(KafkaError) {
            consumer = try Consumer(range.consumerConfiguration(memory: memory, partitions: ranges.count)) { _ in }
            var readers: [PartitionReader] = []
            for part in ranges {
                readers.append(PartitionReader(part, try consumer.queue(of: part.partition), range.client))
            }
            partitions = readers
            let wanted = ranges.filter { $0.count > 0 }
            if !wanted.isEmpty { try consumer.assign(wanted.map { PartitionOffset($0.partition, .at($0.from)) }) }
        } catch {
            throw PipelineProblem(error, range.client)
        }
    }

    /// Queues must be gone before their client.
    deinit { partitions = [] }

    private static func resolve(_ range: TopicRange) throws(PipelineProblem) -> [PartitionRange] {
        let consumer: Consumer
        do throws(KafkaError) {
            consumer = try Consumer(range.consumerConfiguration(memory: 1 << 20, partitions: 1)) { _ in }
        } catch {
            throw PipelineProblem(error, range.client)
        }
        return try range.resolve(consumer)
    }

    /// Everything was handed out.
    package var isDone: Bool { partitions.allSatisfy(\.isDone) }
    /// Records handed out.
    package var count: Int { partitions.reduce(0) { $0 + $1.count } }
    /// The share of the range that was read, by offsets.
    package var share: Double {
        let all = partitions.reduce(Int64(0)) { $0.saturatingPlus($1.range.count) }
        let read = partitions.reduce(Int64(0)) {
            $0.saturatingPlus($1.isDone ? $1.range.count : $1.next.saturatingMinus($1.range.from))
        }
        return all > 0 ? Double(read) / Double(all) : 1
    }

    /// Serves the client's own news.
    ///
    /// - Parameter starved: nothing was there to be read. A client whose queues were full looks at them again after up to
    ///   a second only, unless it has something to send: so it is asked for something.
    /// - Throws: ``PipelineProblem`` where it cannot go on, or where nothing has come for a minute.
    package func serve(starved: Bool) throws(PipelineProblem) {
        var none = RecordBatch(capacity: 1)
        do throws(KafkaError) {
            try consumer.poll(into: &none, milliseconds: 0)
        } catch {
            // the client connects again by itself
            guard error.isPassing else {
                throw PipelineProblem(error, range.client)
            }
        }
        let now = ContinuousClock.now
        if starved, now - lastNudge > .milliseconds(20) { nudge(now) }
        let count = count
        if count != lastCount || isDone {
            lastCount = count
            lastProgress = now
        } else if now - lastProgress > Self.patience {
            let waiting = partitions.filter { !$0.isDone }.map { "\($0.range.partition) at \($0.next)" }
            throw PipelineProblem(
                .unavailable,
                "no record has come for a minute (\(waiting.joined(separator: ", "))); "
                    + "is \(range.client[.brokers] ?? "the broker") still there?"
            )
        }
    }

    /// Asks the leaders of the partitions that are read something, one after another.
    private func nudge(_ now: ContinuousClock.Instant) {
        lastNudge = now
        let waiting = partitions.filter { !$0.isDone }
        guard !waiting.isEmpty else { return }
        nudged += 1
        _ = try? consumer.watermarks(waiting[nudged % waiting.count].range.partition, milliseconds: 1000)
    }
}
