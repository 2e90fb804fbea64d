import JSON

/// A member of a group on its way into a record. An object: each of its fields is handed the row, and copies nothing.
final class RolloutRow {
    let member: DecidedGroup.Member
    let rendered: RenderedMember
    let topics: [Text]
    /// Made once: digest and record are both written of them.
    let samples: [SampleRow]

    init(_ member: DecidedGroup.Member, _ rendered: RenderedMember, topics: [Text]) {
        self.member = member
        self.rendered = rendered
        self.topics = topics
        samples = SampleRow.rows(member, rendered)
    }

    var rollout: Rollout { member.rollout }
}

extension RecordTable where Row == RolloutRow {
    static let rollout = RecordTable(
        "Rollout",
        "One attempt of one policy at one example.",
        [
            .text(1, "thread_id", "unique within the tenant", digest: .same) { $0.rollout.key.thread },
            .integer(2, "rollout_index", "its slot in the group, from 0", digest: .same) {
                Int64($0.rollout.pairing.rolloutIndex)
            },
            .integer(3, "attempt", "of several claimants of a slot the highest attempt stays", digest: .same) {
                Int64($0.rollout.pairing.attempt)
            },
            .text(4, "status", "completed, failed, incomplete", digest: .same) { Text($0.rollout.outcome.rawValue) },
            .flag(5, "votes", "its reward enters the group's statistics") { $0.member.votes },
            .flag(6, "trains", "it is given to the trainer") { $0.member.trains },
            .optionalText(7, "excluded", "why it does not vote") { row in
                row.member.isSuperseded ? "superseded" : row.member.exclusion.map { Text($0.rawValue) }
            },
            .optionalNumber(8, "reward", "weighted sum of `rewards`; of a rollout that votes", digest: .same) {
                $0.member.votes ? $0.rollout.reward : nil
            },
            .messages(9, "rewards", "what the reward was made of", digest: .same, .reward) { row, body in
                for value in row.rollout.rewards { body(value) }
            },
            .rendered(10, "advantage", "0 where it does not vote", digest: .same) { $0.rendered.advantage },
            .number(
                11,
                "weight",
                "in a loss, of each of its calls that train, else of each of its samples: 1 / their number; 0 without any"
            ) { $0.rollout.weight },
            .integer(12, "started_at_us", "header time of its GRAPH_START", as: .int64) {
                $0.rollout.trajectory.startedAt
            },
            .integer(13, "ended_at_us", "header time of its deciding event", as: .int64) {
                $0.rollout.trajectory.endedAt
            },
            .integer(14, "nodes", "node executions of which anything was seen") {
                Int64($0.rollout.trajectory.nodesSeen)
            },
            .integer(15, "tool_calls", "tool executions") { Int64($0.rollout.trajectory.toolCalls) },
            .integer(16, "tool_failures", "tool executions that failed") { Int64($0.rollout.trajectory.toolFailures) },
            .messages(17, "source", "where its records stand", .source) { row, body in
                body(SourceRow(source: row.rollout.source, topics: row.topics))
            },
            .optionalText(18, "traceparent", "W3C trace context of its first record") {
                $0.rollout.trajectory.traceparent
            },
            .messages(
                19,
                "samples",
                "its node executions as text; none of a rollout that does not vote",
                digest: .same,
                part: .samples,
                .sample
            ) { row, body in for sample in row.samples { body(sample) } },
            .messages(
                20,
                "calls",
                "its model calls; none of a rollout that does not vote",
                digest: .whereAny,
                part: .calls,
                .call
            ) { $0.forEachCall($1) },
        ]
    )
}

extension RecordTable where Row == RewardValue {
    static let reward = RecordTable(
        "Reward",
        "One component of a reward.",
        [
            .text(1, "name", "the component's", digest: .same) { $0.name },
            .number(2, "weight", "0: monitored only", digest: .same) { $0.weight },
            .optionalNumber(3, "value", "before it is weighted", digest: .same) { $0.value },
            .text(4, "status", "ok, none, error, timeout", digest: .same) { Text($0.status.rawValue) },
            .integer(5, "evaluator_version", "of the code or the judge that gives it", as: .uint32) {
                $0.source?.version ?? 1
            },
            .optionalText(6, "evaluator", "who said it; absent where it is computed from the trace", omits: true) {
                $0.source.flatMap { $0.evaluator.string.isEmpty ? nil : $0.evaluator }
            },
            .optionalInteger(7, "duration_ms", "how long it took to say; absent as evaluator", as: .int64, omits: true)
            {
                $0.source?.duration
            },
            .optionalText(8, "explanation", "why, in the words of who said it; absent where there is none", omits: true)
            {
                $0.source?.explanation
            },
        ]
    )
}

/// Where a thread's records stand.
struct SourceRow {
    let source: SourceRange
    let topics: [Text]

    var topic: Text {
        let number = Int(source.topic)
        return topics.indices.contains(number) ? topics[number] : topics.first ?? ""
    }
}

extension RecordTable where Row == SourceRow {
    static let source = RecordTable(
        "Source",
        "Where a thread's records stand.",
        [
            .text(1, "topic", "the events topic") { $0.topic },
            .integer(2, "partition") { Int64($0.source.partition) },
            .integer(3, "first_offset", as: .int64) { $0.source.firstOffset },
            .integer(4, "last_offset", as: .int64) { $0.source.lastOffset },
        ]
    )
}
