internal import InstantLearning
internal import Kafka
internal import Problems
internal import Recordings
internal import Reinforce
internal import Settings
internal import Telemetry

extension AdapterLoop {
    /// A loop that goes on from the adapters it has published; nil where the settings do not ask for one.
    ///
    /// - Throws: ``PipelineProblem`` where the settings cannot be worked with or the topic cannot be read.
    static func resumed(_ settings: Settings, _ client: ClientConfiguration, _ log: Logger) throws -> AdapterLoop? {
        guard settings.instantLoop.enabled else { return nil }
        let loop: AdapterLoop
        do {
            loop = try AdapterLoop(Configuration(settings.instantLoop))
        } catch let error as InstantLoopError {
            throw PipelineProblem(.usage, "instant_loop: \(error)")
        }
        var latest: [[UInt8]: [UInt8]] = [:]
        try WholeTopic(settings.topics.adapters, client).forEach { record in
            guard let key = record.key else { return }
            let name = unsafe key.withUnsafeBytes { unsafe Array($0) }
            guard let value = record.value else { return latest[name] = nil }
            latest[name] = unsafe value.withUnsafeBytes { unsafe Array($0) }
        }
        for value in latest.values {
            do throws(AdapterProblem) {
                try loop.restore(value)
            } catch {
                log.warning("an adapter", ["problem": .init(error)])
            }
        }
        log.info("instant loop", ["adapters": .init(loop.adapterCount)])
        return loop
    }
}
