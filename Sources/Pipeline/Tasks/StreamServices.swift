internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// What every part of the live runtime needs to do its work; the same for all of them.
struct StreamServices: Sendable {
    let settings: Settings
    let client: ClientConfiguration
    let topology: StreamTopology
    let output: OutputRecords
    /// By which rules groups become batches.
    let batchRules: BatchRules
    let log: Logger
    let clock: any LiveClock
    /// This process's own name, the same after a restart.
    let instance: String
    /// librdkafka's mock cluster forgets the offsets of transactions: there they are committed plainly too.
    let isEmbedded: Bool
    /// Groups are kept for people who watch.
    let isWatched: Bool

    init(
        _ settings: Settings,
        _ client: ClientConfiguration,
        _ topology: StreamTopology,
        _ estimator: Estimator,
        _ log: Logger,
        _ clock: any LiveClock,
        instance: String,
        isEmbedded: Bool,
        isWatched: Bool
    ) {
        self.settings = settings
        self.client = client
        self.topology = topology
        self.log = log
        self.clock = clock
        self.instance = instance
        self.isEmbedded = isEmbedded
        self.isWatched = isWatched
        output = OutputRecords(settings, estimator)
        batchRules = BatchRules(
            estimator,
            minUsable: settings.groups.minUsable,
            settings.batchConfiguration(),
            topics: settings.topics.events.map { Text($0) },
            isBounded: true
        )
    }

    /// Properties of the group's members.
    var consuming: ClientConfiguration { settings.consuming(client, instance) }

    /// Reads what was committed.
    var store: CheckpointStore {
        CheckpointStore(group: settings.appID, topic: settings.checkpointsTopic, client: client)
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
