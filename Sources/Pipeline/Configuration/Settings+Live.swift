internal import Reinforce
internal import Settings

extension Settings {
    /// What a replay can do and a processor beside Kafka cannot.
    ///
    /// - Throws: ``PipelineProblem`` that says so.
    func refuseReplayOnly() throws(PipelineProblem) {
        guard groups.maxStaleness > 0 else { return }
        throw PipelineProblem(
            .usage,
            "groups.max_staleness: beside Kafka no process sees the newest policy of all partitions, so that this holds in a "
                + "replay only; set it to 0"
        )
    }

    /// The rules of the first stage beside Kafka.
    func liveStageConfiguration() -> ThreadStageConfiguration {
        var configuration = stageConfiguration()
        configuration.capturesVectors = instantLoop.enabled
        return configuration
    }
}
