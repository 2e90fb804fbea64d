internal import Reinforce
internal import Settings

extension Settings {
    /// Refuses what only a replay can do.
    ///
    /// - Throws: ``PipelineProblem`` that says so.
    func refuseReplayOnly() throws(PipelineProblem) {
        guard groups.maxStaleness > 0 else { return }
        throw PipelineProblem(
            .usage,
            "groups.max_staleness works only in a replay: no process of a live run knows the newest policy version of all "
                + "partitions; set it to 0"
        )
    }

    /// The rules of the first stage in a live run.
    func liveStageConfiguration() -> ThreadStageConfiguration {
        var configuration = stageConfiguration()
        configuration.capturesVectors = instantLoop.enabled
        return configuration
    }
}
