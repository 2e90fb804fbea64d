import Arguments
import Foundation
import Kafka
import Pipeline
import Reinforce
import Settings

extension ReplayCommand {
    /// A recording, or else a range of topics.
    func chooseInput(_ options: inout ReplayOptions, _ settings: Settings) throws {
        if parsed.has("input") {
            guard parsed.all("topic").count <= 1 else {
                throw ArgumentProblem("with --input, --topic names the one topic of a version 1 recording's records")
            }
            options.topic = parsed.last("topic") ?? settings.topics.events.first ?? "dashstream-events"
            guard !parsed.has("from"), !parsed.has("to") else {
                options.range = try parsed.recordingRange()
                return
            }
            return
        }
        guard parsed.has("brokers") || parsed.has("topic") else {
            let command = parsed.path.joined(separator: " ")
            throw ArgumentProblem("\(command) needs --input FILE, or --brokers HOST:PORT with --topic NAME")
        }
        options.topics = try parsed.topicRange(settings)
    }

    /// `--out FILE` or `--out topic:NAME`.
    func chooseOutput(_ options: inout ReplayOptions, _ settings: Settings) throws {
        guard let out = parsed.last("out") else { return }
        guard let topic = topicName(out) else {
            options.output = out
            options.batches.format = options.batches.format.ofFile(out)
            return
        }
        try parsed.refuse(topic, "--out topic:NAME")
        options.outputTopic = OutputTopic(
            settings.clientConfiguration(),
            name: topic,
            transactionalID: "\(settings.appID)-replay-\(topic)"
        )
    }

    /// `--examples FILE` or `topic:NAME`; with topics as the input, the examples topic of the configuration.
    func examples(_ settings: Settings) throws -> (table: ExampleTable, broken: BrokenExamples) {
        var settings = settings
        // who looks at a thread or a group makes no batch that could repeat an example
        if parsed.path.first == "inspect", parsed.path.last != "batch" { settings.batches.allowRepeats = true }
        var topic = topicName(settings.examples.file)
        if settings.examples.file.isEmpty, !parsed.has("input"), !settings.topics.examples.isEmpty {
            topic = settings.topics.examples
        }
        guard let topic else { return (try settings.readExamples(), BrokenExamples()) }
        return try settings.readExamples(topic: topic)
    }

    /// `--rollouts FILE` or `topic:NAME`; with topics as the input, the rollouts topic of the configuration.
    func registry(_ settings: Settings) throws -> PairingRegistry {
        let named = parsed.last("rollouts")
        if let named, topicName(named) == nil { return try readRegistry(named) }
        let configured = parsed.has("input") ? "" : settings.topics.rollouts
        guard let topic = named.flatMap(topicName) ?? (configured.isEmpty ? nil : configured) else {
            return PairingRegistry()
        }
        let (registry, problems) = try settings.readRegistry(topic: topic)
        warn(problems, "pairing records")
        return registry
    }

    /// `--rewards FILE` or `topic:NAME`; with topics as the input, the rewards topic of the configuration; with a recording,
    /// what `record` has put beside it.
    func rewardRecords(_ settings: Settings) throws -> RewardRecords {
        guard settings.hasOutsideRewards || parsed.has("rewards") else { return RewardRecords() }
        if let named = parsed.last("rewards"), topicName(named) == nil { return try readRewardRecords(named) }
        let configured = parsed.has("input") ? "" : settings.topics.rewards
        if let topic = parsed.last("rewards").flatMap(topicName) ?? (configured.isEmpty ? nil : configured) {
            let (records, problems) = try settings.readRewardRecords(topic: topic)
            warn(problems, "reward records")
            return records
        }
        if let input = parsed.last("input"), FileManager.default.fileExists(atPath: RecordCommand.rewards(of: input)) {
            return try readRewardRecords(RecordCommand.rewards(of: input))
        }
        if !parsed.has("quiet"), !parsed.has("ask"), parsed.path.first != "rewards" {
            Output.note(
                "note: some rewards come from outside the trace and none are given, so that they are missing: --rewards FILE "
                    + "or topic:NAME reads them, --ask asks again\n"
            )
        }
        return RewardRecords()
    }

    private func topicName(_ text: String) -> String? {
        text.hasPrefix("topic:") && text.count > 6 ? String(text.dropFirst(6)) : nil
    }

    private func warn(_ problems: [String], _ what: String) {
        guard !problems.isEmpty, !parsed.has("quiet") else { return }
        Output.note("warning: \(problems.count) \(what) were passed over:\n")
        for problem in problems.prefix(10) { Output.note("  \(problem)\n") }
    }
}
