internal import CRdkafka
internal import Foundation
internal import Synchronization

/// Writes records. Every one is delivered or its failure is told; a full queue waits.
@safe
public final class Producer: Sendable {
    let handle: ClientHandle
    private let state = Mutex(State())

    private struct State {
        var inFlight = 0
        var delivered = 0
        var failed = 0
        var firstFailure: KafkaError?
        var isClosed = false
    }

    /// What has become of the records.
    public struct Counts: Sendable, Hashable {
        /// Not known yet.
        public let inFlight: Int
        /// Written.
        public let delivered: Int
        /// Not written.
        public let failed: Int
        /// Why, of the first one.
        public let firstFailure: KafkaError?
    }

    /// - Parameters:
    ///   - configuration: `enable.idempotence` is on unless it says otherwise.
    ///   - onLog: gets librdkafka's own lines.
    public init(_ configuration: ClientConfiguration, onLog: (@Sendable (LogLine) -> Void)? = nil) throws(KafkaError) {
        var configuration = configuration
        if configuration[.idempotence] == nil { configuration[.idempotence] = true }
        handle = try ClientHandle(RD_KAFKA_PRODUCER, configuration, onLog: onLog, deliveries: true)
        let thread = Thread { [weak self] in
            while let self, self.serve() {}
        }
        thread.name = "kafka-producer"
        thread.start()
    }

    deinit { handle.destroy() }

    /// Serves delivery reports for a moment; false when the producer is closed.
    private func serve() -> Bool {
        guard !state.withLock({ $0.isClosed }), let client = unsafe handle.client else { return false }
        unsafe _ = rd_kafka_poll(client, 50)
        return true
    }

    /// Takes a record over; it is written in the background. Where the queue is full this waits until there is room.
    ///
    /// - Parameters:
    ///   - partition: nil: by the key (CRC32, as librdkafka does), without a key anywhere.
    ///   - timestamp: milliseconds; 0: now.
    ///   - onDelivery: told once, on another thread.
    public func enqueue(
        topic: String,
        partition: Int32? = nil,
        key: [UInt8]?,
        value: [UInt8]?,
        headers: [RecordHeader] = [],
        timestamp: Int64 = 0,
        onDelivery: (@Sendable (Result<Delivery, KafkaError>) -> Void)? = nil
    ) throws(KafkaError) {
        guard let client = unsafe handle.client else {
            throw KafkaError(state: "it is closed", "write a record")
        }
        state.withLock { $0.inFlight += 1 }
        let report = DeliveryReport { [weak self] result in
            self?.note(result)
            onDelivery?(result)
        }
        while true {
            let opaque = unsafe Unmanaged.passRetained(report).toOpaque()
            let code = unsafe produce(client, topic, partition, key, value, headers, timestamp, opaque)
            if code.rawValue == 0 { return }
            unsafe Unmanaged<DeliveryReport>.fromOpaque(opaque).release()
            // _QUEUE_FULL: wait for deliveries, never drop
            guard code.rawValue == KafkaErrorCode.queueFull.rawValue else {
                state.withLock { $0.inFlight -= 1 }
                throw KafkaError(code, "write a record to \(topic)")
            }
            unsafe _ = rd_kafka_poll(client, 10)
        }
    }

    private func note(_ result: Result<Delivery, KafkaError>) {
        state.withLock { state in
            state.inFlight -= 1
            switch result {
            case .success: state.delivered += 1
            case .failure(let error):
                state.failed += 1
                state.firstFailure = state.firstFailure ?? error
            }
        }
    }

    /// Writes a record and waits for its fate.
    public func send(
        topic: String,
        partition: Int32? = nil,
        key: [UInt8]?,
        value: [UInt8]?,
        headers: [RecordHeader] = [],
        timestamp: Int64 = 0
    ) async throws(KafkaError) -> Delivery {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Delivery, KafkaError>, Never>) in
            do throws(KafkaError) {
                try enqueue(
                    topic: topic,
                    partition: partition,
                    key: key,
                    value: value,
                    headers: headers,
                    timestamp: timestamp
                ) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Waits until the fate of every record is known. Blocks: never on a cooperative thread.
    ///
    /// - Throws: ``KafkaError`` when that takes longer than `milliseconds`.
    public func flush(milliseconds: Int32) throws(KafkaError) {
        guard let client = unsafe handle.client else { return }
        let code = unsafe rd_kafka_flush(client, milliseconds)
        if code.rawValue != 0 { throw KafkaError(code, "write what is queued") }
    }

    /// What has become of the records so far.
    public var counts: Counts {
        state.withLock {
            Counts(inFlight: $0.inFlight, delivered: $0.delivered, failed: $0.failed, firstFailure: $0.firstFailure)
        }
    }

    /// An error after which the producer is of no use.
    public var fatalError: KafkaError? { handle.fatalError }

    /// Writes what is queued, for at most so long, and ends the producer.
    public func close(milliseconds: Int32 = 10_000) throws(KafkaError) {
        defer {
            state.withLock { $0.isClosed = true }
        }
        try flush(milliseconds: milliseconds)
    }
}
