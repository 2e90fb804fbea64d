internal import DashStream
internal import Kafka
internal import Pipeline
internal import Problems
internal import Reinforce
public import Settings

/// Sends dead letters back to where they came from: the original bytes, key, headers, time and partition, and a header
/// `replay` that says which dead letter it was.
public struct DeadLetterReplay {
    /// What became of them.
    public struct Result: Sendable, Hashable {
        /// Dead letters that were read.
        public var read = 0
        /// Those the filter has chosen.
        public var chosen = 0
        /// Those that were sent, or would be.
        public var sent = 0
        /// Those that came from no topic and cannot be sent anywhere, by reason.
        public var homeless: [String: Int] = [:]
        /// Those of the sent ones that this configuration cannot decode either, so that they become dead letters again,
        /// by reason.
        public var unreadable: [String: Int] = [:]
        /// Sent ones by reason.
        public var reasons: [String: Int] = [:]
        /// Sent ones by topic.
        public var topics: [String: Int] = [:]
    }

    /// The name of the header that a record carries when it was sent again.
    public static let header = "replay"

    private let source: DeadLetterSource
    private let filter: DeadLetterFilter
    private let settings: Settings
    /// Counts and sends nothing.
    public var isDryRun = false

    /// - Parameters:
    ///   - source: where they lie.
    ///   - filter: chooses some.
    ///   - settings: where the brokers are.
    public init(_ source: DeadLetterSource, _ filter: DeadLetterFilter, _ settings: Settings) {
        self.source = source
        self.filter = filter
        self.settings = settings
    }

    /// Sends them, and waits until every one is written.
    ///
    /// - Throws: ``PipelineProblem`` where they cannot be read, or one was not written; then it says how many were.
    public func run() throws -> Result {
        var result = Result()
        let client = settings.clientConfiguration()
        var decoder = FrameDecoder(settings.stageConfiguration().frames)
        do {
            let producer = isDryRun ? nil : try Producer(client)
            try source.forEach { letter in
                result.read += 1
                guard filter.matches(letter) else { return }
                result.chosen += 1
                guard !letter.topic.isEmpty else {
                    result.homeless[letter.reason, default: 0] += 1
                    return
                }
                if let reason = Self.reason(letter.value, &decoder) { result.unreadable[reason, default: 0] += 1 }
                try producer.map { try send(letter, by: $0) }
                result.sent += 1
                result.reasons[letter.reason, default: 0] += 1
                result.topics[letter.topic, default: 0] += 1
            }
            try producer?.close(milliseconds: 60_000)
            if let counts = producer?.counts, let failure = counts.firstFailure {
                throw PipelineProblem(
                    .unavailable,
                    "\(counts.delivered) were written, \(counts.failed) were not: \(failure)"
                )
            }
        } catch let error as KafkaError {
            throw PipelineProblem(error, client)
        }
        return result
    }

    /// Why a value cannot be decoded; nil: it can.
    private static func reason(_ value: [UInt8]?, _ decoder: inout FrameDecoder) -> String? {
        do throws(Poison) {
            if let value {
                _ = try decoder.decode(unsafe value.span.bytes)
            } else {
                _ = try decoder.decode(nil)
            }
            return nil
        } catch {
            return error.reason.rawValue
        }
    }

    private func send(_ letter: DeadLetterRecord, by producer: Producer) throws(KafkaError) {
        // what was sent before and failed again says only where it comes from now
        let headers = letter.headers.filter { $0.name != Self.header } + [RecordHeader(Self.header, letter.place)]
        try producer.enqueue(
            topic: letter.topic,
            // its producer may go from keys to partitions otherwise than ours: a thread must stay on its partition
            partition: letter.partition,
            key: letter.key,
            value: letter.value,
            headers: headers,
            timestamp: max(0, letter.timestamp ?? 0)
        )
    }
}
