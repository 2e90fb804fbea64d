internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// What every partition needs to do its work; the same for all of them.
struct StreamServices: Sendable {
    let settings: Settings
    let topology: StreamTopology
    let output: OutputRecords
    let log: Logger
    /// By which rules groups become batches.
    let batchRules: BatchRules
    /// Groups are kept for people who watch.
    let isWatched: Bool

    init(
        _ settings: Settings,
        _ topology: StreamTopology,
        _ estimator: Estimator,
        _ log: Logger,
        isWatched: Bool = false
    ) {
        self.isWatched = isWatched
        self.settings = settings
        self.topology = topology
        self.log = log
        output = OutputRecords(settings, estimator)
        batchRules = BatchRules(
            estimator,
            minUsable: settings.groups.minUsable,
            settings.batchConfiguration(),
            topics: settings.topics.events.map { Text($0) },
            isBounded: true
        )
    }

    /// How far back a restart may have to read for one thread.
    var horizon: SpillHorizon {
        SpillHorizon(records: Int64(settings.assembly.replayHorizonRecords), bytes: 256 << 20)
    }

    /// The key of a spilled part on the checkpoints topic.
    func partKey(_ place: TopicPartition, _ part: [UInt8]) -> [UInt8] {
        Array("\(settings.appID)|\(place)|".utf8) + part
    }
}
