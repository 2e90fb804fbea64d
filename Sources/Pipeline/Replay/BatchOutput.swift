internal import Files
public import Kafka
internal import Problems
internal import Recordings
internal import Reinforce

/// Where the batches of a replay go.
protocol BatchOutput: AnyObject {
    /// A record there has a limit: groups beyond it cannot be written.
    var isBounded: Bool { get }
    /// Writes a batch; `sequence`: its number.
    func write(_ batch: Batch, sequence: Int, _ options: ReplayOptions) throws
    /// Makes all of it visible.
    ///
    /// - Parameter isCut: the input was not whole: where nothing was written, nothing is left behind.
    func finish(ofCutInput isCut: Bool) throws
    /// Leaves nothing behind.
    func abandon()
}

extension OutputFile: BatchOutput {
    var isBounded: Bool { false }
    func write(_ batch: Batch, sequence: Int, _ options: ReplayOptions) throws {
        try write { bytes in
            batch.appendFramed(to: &bytes, sequence: sequence, estimator: options.estimator, options.batches)
        }
    }
}

/// A topic that batches are written to.
public struct OutputTopic: Sendable {
    /// Where the brokers are.
    public var client: ClientConfiguration
    /// The topic.
    public var name: String
    /// The same for everything that must not write at the same time: whoever comes later fences who came before.
    public var transactionalID: String

    /// Names a topic.
    public init(_ client: ClientConfiguration, name: String, transactionalID: String) {
        self.client = client
        self.name = name
        self.transactionalID = transactionalID
    }
}

/// Writes batches to a topic in one transaction: all of them become visible at once, or none.
final class TopicOutput: BatchOutput {
    private let topic: OutputTopic
    private let producer: Producer
    private var hasBegun = false

    /// - Throws: ``PipelineProblem`` where no broker answers or the topic is not there.
    init(_ topic: OutputTopic, _ options: ReplayOptions) throws(PipelineProblem) {
        self.topic = topic
        var writing = topic.client
        writing[.transactionalID] = topic.transactionalID
        // the longest that brokers allow by default: all of the output is one transaction
        if writing[property: "transaction.timeout.ms"] == nil { writing[property: "transaction.timeout.ms"] = "900000" }
        writing[.linger] = 5
        writing[.messageMaxBytes] = max(1_000_000, options.batches.maxBytes * 2)
        writing[property: "queue.buffering.max.kbytes"] = "\(max(4096, options.memoryBudget / 8 / 1024))"
        do throws(KafkaError) {
            guard try Admin(topic.client, milliseconds: 10_000).topics(topic.name).first != nil else {
                throw KafkaError.unknown(topic.name)
            }
            producer = try Producer(writing) { _ in }
        } catch {
            throw PipelineProblem(error, topic.client)
        }
    }

    var isBounded: Bool { true }

    func write(_ batch: Batch, sequence: Int, _ options: ReplayOptions) throws {
        let record = OutgoingRecord(
            batch,
            topic: topic.name,
            sequence: sequence,
            estimator: options.estimator,
            options.batches
        )
        try attempt { () throws(KafkaError) in
            if !hasBegun {
                try producer.beginTransaction()
                hasBegun = true
            }
            try producer.enqueue(record)
            if let failure = producer.counts.firstFailure { throw failure }
        }
    }

    func finish(ofCutInput isCut: Bool) throws {
        guard hasBegun else { return }
        try attempt { () throws(KafkaError) in
            try producer.flush(milliseconds: 300_000)
            if let failure = producer.counts.firstFailure { throw failure }
            try producer.commitTransaction()
        }
        hasBegun = false
    }

    func abandon() {
        guard hasBegun else { return }
        hasBegun = false
        try? producer.abortTransaction()
    }

    private func attempt(_ body: () throws(KafkaError) -> Void) throws(PipelineProblem) {
        do throws(KafkaError) {
            try body()
        } catch {
            guard error.isFence else { throw PipelineProblem(error, topic.client) }
            throw PipelineProblem(
                .temporary,
                "\(error.operation): another replay writes to \(topic.name) by now; try again"
            )
        }
    }

    deinit { abandon() }
}
