import Arguments
import Foundation
import Pipeline
import Settings

/// The settings of a command: file, environment, flags; every problem at once.
///
/// - Parameter path: the configuration file; nil: what `--config` says.
func loadSettings(_ parsed: ParsedArguments, file path: String? = nil, flags: [Settings.Override] = []) throws
    -> Settings
{
    var overrides: [Settings.Override] = []
    for text in parsed.all("set") {
        guard let equals = text.firstIndex(of: "=") else {
            throw ArgumentProblem("--set needs KEY=VALUE, not `\(text)`")
        }
        overrides.append(Settings.Override(String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    let paths = [
        "examples": "examples.file", "brokers": "kafka.brokers", "estimator": "estimator.preset",
        "timeouts": "rewards.timeouts", "failure-score": "rewards.failure_score",
        "format-failure-score": "rewards.format_failure_score", "groups-per-batch": "batches.groups_per_batch",
    ]
    for (flag, path) in paths.sorted(by: { $0.key < $1.key }) {
        if let value = parsed.last(flag) {
            let quoted = ["examples", "brokers"].contains(flag) ? "'" + value.replacing("'", with: "''") + "'" : value
            overrides.append(Settings.Override(path, quoted, origin: "--" + flag))
        }
    }
    var file: (name: String, bytes: [UInt8])?
    if let path = path ?? parsed.last("config") { file = (path, try readFile(path)) }
    let (settings, problems) = Settings.load(
        file: file,
        environment: ProcessInfo.processInfo.environment,
        overrides: overrides + flags
    )
    for problem in problems where problem.severity == .warning && !parsed.has("quiet") {
        Output.note("warning: \(problem)\n")
    }
    let errors = problems.filter { $0.severity == .error }
    guard errors.isEmpty else {
        throw PipelineProblem(.usage, errors.map(\.description).joined(separator: "\nerror: "))
    }
    return settings
}
