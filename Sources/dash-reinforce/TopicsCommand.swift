import Arguments
import JSON
import Pipeline
import Settings
import TopicAdmin

/// `topics plan` and `topics create`
struct TopicsCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        let settings = try loadSettings(parsed)
        let partitions = Int32(
            try parsed.integer("partitions", in: 1...100_000) ?? Int(TopicPlan.defaultPartitions)
        )
        let replication = Int32(try parsed.integer("replication", in: 1...32_767) ?? -1)
        switch parsed.path.last {
        case "plan": plan(settings, partitions, replication)
        case "create": try create(settings, partitions, replication)
        default: throw ArgumentProblem("topics needs `plan` or `create`")
        }
        return 0
    }

    private func plan(_ settings: Settings, _ partitions: Int32, _ replication: Int32) {
        let plan = TopicPlan(settings, partitions: partitions)
        let principal = parsed.last("principal") ?? settings.principal
        let brokers = settings.kafka.brokers
        Output.print(
            parsed.has("json")
                ? plan.json(principal: principal, brokers: brokers, replication: replication)
                : plan.text(principal: principal, brokers: brokers, replication: replication)
        )
    }

    private func create(_ settings: Settings, _ partitions: Int32, _ replication: Int32) throws {
        let creator = try TopicCreator(settings, settings.clientConfiguration())
        let outcomes = try creator.create(partitions: partitions, replication: replication)
        if parsed.has("json") { return Output.print(json(outcomes)) }
        if parsed.has("quiet") { return }
        for outcome in outcomes {
            let topic = outcome.topic
            if outcome.wasCreated {
                Output.print("created  \(topic.name): \(topic.partitions) partitions\n")
            } else if outcome.differences.isEmpty {
                Output.print("exists   \(topic.name): as planned\n")
            } else {
                Output.print("differs  \(topic.name): \(outcome.differences.joined(separator: "; "))\n")
            }
        }
    }

    private func json(_ outcomes: [TopicCreator.Outcome]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("topics")
        writer.beginArray()
        for outcome in outcomes {
            writer.beginObject()
            writer.key("name")
            writer.string(outcome.topic.name)
            writer.key("created")
            writer.bool(outcome.wasCreated)
            writer.key("differences")
            writer.beginArray()
            for difference in outcome.differences { writer.string(difference) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}
