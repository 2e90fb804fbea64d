internal import Reinforce
internal import Settings

extension Settings {
    /// The rules of the first stage in a live run.
    func liveStageConfiguration() -> ThreadStageConfiguration {
        var configuration = stageConfiguration()
        configuration.capturesVectors = instantLoop.enabled
        return configuration
    }
}
