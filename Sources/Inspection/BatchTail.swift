internal import Files
internal import Kafka
internal import Pipeline
internal import Problems
public import Recordings
internal import Reinforce
public import Settings
internal import StoredBatches

/// Hands out groups of batches as they come: of a topic for as long as one looks, of a file to its end.
public struct BatchTail: Sendable {
    private let settings: Settings

    /// What can be handed out.
    public enum Event: Sendable {
        /// A topic is being read: its partitions, and the records that are there already and will not be shown.
        case following(topic: String, partitions: Int, skipped: Int)
        /// A group.
        case group(GroupBlock)
        /// A record or line that is no batch, and why.
        case noBatch(place: String, problem: String)
        /// The brokers do not answer; reading goes on when they do.
        case waiting(String)
    }

    /// - Parameter settings: where the brokers are.
    public init(_ settings: Settings) { self.settings = settings }

    /// Follows a topic; committed batches only.
    ///
    /// - Parameters:
    ///   - topic: its name.
    ///   - from: where to begin.
    ///   - isStopping: asked often; true ends it.
    ///   - body: gets what comes; false ends it.
    /// - Throws: ``PipelineProblem`` where the topic is not there or cannot be read.
    public func follow(
        _ topic: String,
        from: RangeBound,
        isStopping: () -> Bool,
        _ body: (Event) -> Bool
    ) throws {
        let range = TopicRange(settings.clientConfiguration(), topics: [topic], from: from)
        do {
            try follow(range, topic, isStopping, body)
        } catch let error as KafkaError {
            throw PipelineProblem(error, range.client)
        }
    }

    private func follow(
        _ range: TopicRange,
        _ topic: String,
        _ isStopping: () -> Bool,
        _ body: (Event) -> Bool
    ) throws {
        var batch = RecordBatch(capacity: 100)
        let consumer = try Consumer(range.consumerConfiguration(memory: 64 << 20, partitions: 1)) { _ in }
        let starts = try range.resolve(consumer)
        try consumer.assign(starts.map { PartitionOffset($0.partition, .at($0.from)) })
        var skipped = 0
        for start in starts { skipped += Int(clamping: start.from - (try consumer.watermarks(start.partition).low)) }
        var goesOn = body(.following(topic: topic, partitions: starts.count, skipped: skipped))
        while goesOn, !isStopping() {
            // a consumer cannot be closed while its records are held
            defer { batch.removeAll() }
            do throws(KafkaError) {
                try consumer.poll(into: &batch, milliseconds: 200)
            } catch {
                guard error.isPassing else { throw error }
                goesOn = body(.waiting("\(error)"))
            }
            batch.forEach { record in
                guard goesOn, let value = record.value else { return }
                goesOn = show([UInt8](value), "\(record.topic)[\(record.partition)]@\(record.offset)", body)
            }
        }
    }

    /// Reads a file of batches, or standard input (`-`), to its end.
    ///
    /// - Returns: what is wrong with the file as a whole; nil where it is whole.
    /// - Throws: ``InputError`` where it cannot be read at all.
    public func read(_ path: String, isStopping: () -> Bool, _ body: (Event) -> Bool) throws -> String? {
        struct Stop: Error {}
        do {
            return try BatchSource.file(path).forEach(settings) { place, bytes in
                guard !isStopping(), show(bytes, place, body) else { throw Stop() }
            }
        } catch is Stop {
            return nil
        }
    }

    private func show(_ bytes: [UInt8], _ place: String, _ body: (Event) -> Bool) -> Bool {
        do throws(StoredBatch.NoBatch) {
            let batch = try StoredBatch(bytes, place)
            for group in batch.groups {
                guard body(.group(GroupBlock(batch, group))) else { return false }
            }
            return true
        } catch {
            return body(.noBatch(place: place, problem: error.description))
        }
    }
}
