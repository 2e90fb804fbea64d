internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// What every partition needs to do its work; the same for all of them.
struct StreamServices: Sendable {
    let settings: Settings
    let topology: StreamTopology
    let output: OutputRecords
    let estimator: Estimator
    let log: Logger
    /// The rules of batches.
    let batches: BatchConfiguration
    /// Bytes of a record that the brokers take for sure.
    let maxRecordBytes: Int

    init(_ settings: Settings, _ topology: StreamTopology, _ estimator: Estimator, _ log: Logger) {
        self.settings = settings
        self.topology = topology
        self.estimator = estimator
        self.log = log
        output = OutputRecords(settings, estimator)
        batches = settings.batchConfiguration()
        maxRecordBytes = max(batches.maxBytes, 900 << 10)
    }
}
