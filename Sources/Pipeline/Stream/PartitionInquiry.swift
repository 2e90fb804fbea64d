internal import DashStream
internal import Files
internal import Foundation
internal import Kafka
internal import Problems
internal import Recordings
internal import Reinforce
internal import Settings
internal import Telemetry

/// What is to be known of a partition before it can be taken up.
struct PartitionReading: Sendable {
    /// Where it begins.
    enum Start: Sendable {
        /// The group has committed nothing of it: here.
        case first(Int64)
        /// Somebody has set the group's offset: here, with nothing open.
        case reset(Int64)
        case checkpoint(Checkpoint)
    }

    let place: TopicPartition
    let low: Int64
    let high: Int64
    let start: Start
    /// The state that we have put aside is the one that was committed: nothing more was read.
    var isWarm = false
    /// The parts of threads that were spilled, by where the thread begins.
    var parts: [RestorePlan.First: [[UInt8]]] = [:]
    /// Where the pairings beside the partition begin and end; nil: there are none.
    var pairings: (low: Int64, high: Int64)?
    /// What of the rewards beside the partition is read first; nil: there are none.
    var rewards: (low: Int64, high: Int64)?
    /// The instant-learning loop, taken up from what it has published.
    var adapters = Unshared<AdapterLoop?>(nil)
}

/// Asks the brokers what is to be known of partitions before they can be taken up. Its calls block, some of them for longer
/// than they are told to (librdkafka before 2.3): never on the thread that polls.
struct PartitionInquiry: Sendable {
    private let services: StreamServices
    /// Properties of the group's members.
    private let client: ClientConfiguration
    private var settings: Settings { services.settings }
    private var topology: StreamTopology { services.topology }
    /// Milliseconds that a broker has to answer.
    private let patience: Int32

    init(_ services: StreamServices, patience: Int32) {
        self.patience = patience
        self.services = services
        client = services.consuming
    }

    /// All that can be found out; what cannot has its error.
    ///
    /// - Parameter suspended: the commits after which tasks were suspended.
    func read(_ places: [TopicPartition], suspended: [TopicPartition: CommitToken])
        -> [TopicPartition: Result<PartitionReading, any Error>]
    {
        var found: [TopicPartition: Result<PartitionReading, any Error>] = [:]
        do {
            // not the member's own client, which may be closed at any time
            var configuration = client
            configuration[.groupInstanceID] = nil
            let consumer = try Consumer(configuration)
            // the same for every partition that the group has committed nothing of
            var mayBegin: Result<Void, any Error>?
            for committed in try consumer.committed(places, milliseconds: patience) {
                let place = committed.partition
                do {
                    if isFirst(committed), topology.isEvents(place.topic) {
                        let answer = mayBegin ?? Result { try refuseWhereOffsetsAreGone(consumer) }
                        mayBegin = answer
                        try answer.get()
                    }
                    found[place] = .success(try read(committed, suspended[place], consumer))
                } catch {
                    found[place] = .failure(error)
                }
            }
        } catch {
            for place in places where found[place] == nil { found[place] = .failure(error) }
        }
        return found
    }

    private func read(_ committed: PartitionOffset, _ suspended: CommitToken?, _ consumer: borrowing Consumer) throws
        -> PartitionReading
    {
        if let error = committed.error { throw error }
        let place = committed.partition
        let (low, high) = try consumer.watermarks(place, milliseconds: patience)
        let start = try start(committed, low, high, consumer)
        var reading = PartitionReading(place: place, low: low, high: high, start: start)
        if case .checkpoint(let checkpoint) = start {
            reading.isWarm = checkpoint.token == suspended
            if !reading.isWarm {
                for entry in checkpoint.entries where entry.cut != nil {
                    reading.parts[entry.first] = try services.store.parts(of: entry)
                }
            }
        }
        if !topology.isEvents(place.topic) {
            if !reading.isWarm { reading.adapters = Unshared(try AdapterLoop.resumed(settings, client, services.log)) }
        } else if place.topic == settings.topics.events.first {
            if !settings.topics.rollouts.isEmpty {
                let beside = TopicPartition(settings.topics.rollouts, place.partition)
                reading.pairings = try consumer.watermarks(beside, milliseconds: patience)
            }
            if settings.readsRewards { reading.rewards = try rewards(beside: reading, consumer) }
        }
        return reading
    }

    /// The rewards that may be of threads that are open, and later ones: of a topic of millions a start reads few.
    private func rewards(beside reading: PartitionReading, _ consumer: borrowing Consumer) throws -> (
        low: Int64, high: Int64
    ) {
        let beside = TopicPartition(settings.topics.rewards, reading.place.partition)
        let (low, high) = try consumer.watermarks(beside, milliseconds: patience)
        guard case .checkpoint(let checkpoint) = reading.start else { return (low, high) }
        var oldest = checkpoint.streamTime
        if let first = checkpoint.entries.map(\.first.offset).min() {
            // where its first record is gone, so may be what was said of it
            guard first >= reading.low else { return (low, high) }
            oldest = try services.store.time(of: reading.place, at: first)
        }
        guard let oldest else { return (low, high) }
        let time = max(0, oldest.saturatingMinus(settings.rewards.before))
        let found = try consumer.offsets([beside], at: time, milliseconds: patience)
        if let error = found.first?.error { throw error }
        if case .at(let offset)? = found.first?.offset { return (max(low, min(offset, high)), high) }
        // nothing is as late as that; a broker that cannot tell is read from the beginning
        return services.isEmbedded ? (low, high) : (high, high)
    }

    private func start(_ committed: PartitionOffset, _ low: Int64, _ high: Int64, _ consumer: borrowing Consumer) throws
        -> PartitionReading.Start
    {
        let place = committed.partition
        guard case .at(let offset) = committed.offset else {
            return .first(try firstStart(place, low, high, consumer))
        }
        do {
            return .checkpoint(try services.store.checkpoint(committed))
        } catch CheckpointError.empty {
            return .reset(max(low, min(offset, high)))
        } catch let error as CheckpointError {
            throw PipelineProblem(.usage, "\(place): \(error)")
        }
    }

    /// The group has committed nothing of a partition.
    private func isFirst(_ committed: PartitionOffset) -> Bool {
        if case .at = committed.offset { return false }
        return committed.error == nil
    }

    /// Where a partition begins that the group has committed nothing of.
    private func firstStart(_ place: TopicPartition, _ low: Int64, _ high: Int64, _ consumer: borrowing Consumer) throws
        -> Int64
    {
        guard topology.isEvents(place.topic) else { return low }
        switch settings.start {
        case .earliest: return low
        case .latest: return high
        case .time(let time):
            let found = try consumer.offsets([place], at: time.milliseconds, milliseconds: patience)
            if let error = found.first?.error { throw error }
            if case .at(let offset)? = found.first?.offset { return offset }
            return high
        }
    }

    /// - Throws: ``PipelineProblem`` where this application has worked before and its offsets are gone: beginning anew
    ///   would write everything a second time.
    private func refuseWhereOffsetsAreGone(_ consumer: borrowing Consumer) throws {
        let areGone = try FirstStart.areOffsetsGone {
            try hasCommitted(consumer)
        } holdsOutput: {
            try holdsOutput()
        } pause: {
            Thread.sleep(forTimeInterval: 0.5)
        }
        guard areGone else { return }
        throw PipelineProblem(
            .usage,
            "group \(settings.appID) has no committed offsets, but \(topology.scored) holds what it has written before: "
                + "its offsets have expired or were deleted, and beginning anew would write every batch a second time. "
                + "Set them to where it shall go on (kafka-consumer-groups --reset-offsets), or use another app_id"
        )
    }

    private func hasCommitted(_ consumer: borrowing Consumer) throws -> Bool {
        for committed in try consumer.committed(topology.sources, milliseconds: patience) {
            if let error = committed.error { throw error }
            if case .at = committed.offset { return true }
        }
        return false
    }

    /// Committed records only: what a life that was cut off left behind is no output.
    private func holdsOutput() throws -> Bool {
        struct Found: Error {}
        do {
            try WholeTopic(topology.scored, client).forEach { _ in throw Found() }
            return false
        } catch is Found {
            return true
        }
    }
}

extension PipelineProblem {
    /// The brokers did not answer: the same may work a moment later.
    var isPassing: Bool { kind == .unavailable || kind == .temporary }
}
