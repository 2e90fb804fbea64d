import Arguments
import Foundation
import Pipeline
import Problems
import Settings
import Synchronization

/// Prints every warning once: a command may load two configurations that have the same fault.
private let warnings = Warnings()

private final class Warnings: Sendable {
    private let printed = Mutex(Set<String>())

    func warn(_ text: String) {
        guard printed.withLock({ $0.insert(text).inserted }) else { return }
        Output.note("warning: \(text)\n")
    }
}

/// Loads the settings of a command from the file, the environment and the flags.
///
/// - Parameter path: the configuration file; nil: the one that `--config` names.
/// - Throws: ``PipelineProblem`` with every error there is.
func loadSettings(_ parsed: ParsedArguments, file path: String? = nil, flags: [Settings.Override] = []) throws
    -> Settings
{
    var overrides: [Settings.Override] = []
    for text in parsed.all("set") {
        guard let equals = text.firstIndex(of: "=") else {
            throw ArgumentProblem("--set needs KEY=VALUE, as in groups.settle=1h, not `\(text)`")
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
        overrides: overrides + flags,
        checks: Settings.checks
    )
    if !parsed.has("quiet") {
        for problem in problems where problem.severity == .warning { warnings.warn(problem.description) }
    }
    let errors = problems.filter { $0.severity == .error }
    guard errors.isEmpty else {
        throw PipelineProblem(.usage, errors.map(\.description).joined(separator: "\nerror: "))
    }
    return settings
}
