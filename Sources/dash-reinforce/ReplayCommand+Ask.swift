import Arguments
import Pipeline
import Reinforce
import Settings
import Telemetry

extension ReplayCommand {
    /// Asks everybody about every rollout of the log, which is read once more for that.
    ///
    /// - Returns: what was known and what was said; nil when interrupted.
    func ask(_ options: ReplayOptions, _ settings: Settings) throws -> RewardRecords? {
        guard options.topics != nil || options.input != "-" else {
            throw ArgumentProblem("--ask reads the log twice, so that --input must be a file")
        }
        let asking = RewardAsking(options, settings, log: judgeLogger(settings))
        let interrupt = Interrupt.ofTool()
        asking.isInterrupted = { interrupt.isRequested }
        let records = try asking.run()
        if records != nil, !parsed.has("quiet") {
            Output.note("asked about \(asking.rollouts) rollouts: \(asking.answers) answers\n")
        }
        return records
    }

    /// Judges' troubles go to standard error.
    func judgeLogger(_ settings: Settings) -> Logger {
        Logger.standardError(
            level: parsed.has("quiet") ? .error : .warning,
            format: LogFormat(rawValue: settings.log.format) ?? .text,
            secrets: settings.secrets
        )
    }
}
