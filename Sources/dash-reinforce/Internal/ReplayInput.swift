import Arguments
import Pipeline
import Reinforce
import Settings

/// What to replay, and by which rules, as the flags that all offline commands share say.
func replayOptions(_ parsed: ParsedArguments, _ settings: Settings, _ command: String) throws -> ReplayOptions {
    guard let input = parsed.last("input") else { throw ArgumentProblem("\(command) needs --input FILE") }
    var options = ReplayOptions(
        input: input,
        examples: try settings.readExamples(),
        estimator: try settings.makeEstimator()
    )
    options.topic = parsed.last("topic") ?? settings.topics.events.first ?? "dashstream-events"
    options.threads = try parsed.integer("threads", in: 1...1024) ?? 1
    options.stage = settings.stageConfiguration()
    options.groups = settings.groupConfiguration()
    options.batches = settings.batchConfiguration()
    options.maxClockSkew = settings.assembly.maxClockSkew
    options.asOf = try parsed.last("as-of").map(asOfMilliseconds)
    if let path = parsed.last("rollouts") { options.registry = try readRegistry(path) }
    return options
}

/// A time as milliseconds since 1970.
private func asOfMilliseconds(_ text: String) throws(ArgumentProblem) -> Int64 {
    guard let time = milliseconds(iso: text) else {
        throw ArgumentProblem("--as-of needs a time such as 2026-11-24T08:00:00Z, not `\(text)`")
    }
    return time
}
