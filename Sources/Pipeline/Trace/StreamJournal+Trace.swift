internal import JSON
internal import Judges
internal import Kafka
internal import Reinforce
internal import Settings

/// What is told to a collector of traces, where one is set.
extension StreamJournal {
    /// Traces that one span is linked to at most.
    private static let links = 64

    /// A commit is over.
    func trace(_ bundle: CommitBundle, _ outcome: TransactionOutcome) {
        guard let spans else { return }
        var span = TraceSpan(
            "commit",
            took: services.clock.milliseconds - bundle.since,
            end: services.clock.wallMilliseconds
        )
        let output = bundle.parts.lazy.flatMap(\.output.records).filter { [topic = services.settings.topics.output] in
            $0.topic == topic
        }
        let parents = output.flatMap(\.headers).filter { $0.name == "traceparent" }
        span.links = parents.prefix(Self.links).compactMap { header in
            header.value.flatMap { TraceContext(String(decoding: $0, as: UTF8.self)) }
        }
        span.attributes = [
            ("messaging.system", .text("kafka")), ("messaging.consumer.group.name", .text(services.settings.appID)),
            ("partitions", .integer(Int64(bundle.parts.count))),
            ("records", .integer(Int64(bundle.parts.reduce(0) { $0 + $1.output.records.count }))),
            ("batches", .integer(Int64(bundle.parts.reduce(0) { $0 + $1.output.counts.batches }))),
        ]
        switch outcome {
        case .committed: break
        case .notMember: span.problem = "the group is being rebalanced"
        case .aborted(let error, _): span.problem = "\(error)"
        }
        spans.add(span)
    }

    /// A task is through with what it had to read again.
    func trace(restored place: TopicPartition, records: Int, milliseconds: Int64) {
        guard let spans else { return }
        var span = TraceSpan("restore", took: milliseconds, end: services.clock.wallMilliseconds)
        span.attributes = [
            ("messaging.system", .text("kafka")), ("messaging.destination.name", .text(place.topic)),
            ("messaging.destination.partition.id", .text(String(place.partition))),
            ("records", .integer(Int64(records))),
        ]
        spans.add(span)
    }
}

extension SpanExporter {
    /// A judge has answered, or has not; what it was asked and what it said stays here.
    func add(_ answer: JudgeAnswer, to question: RewardQuestion, at wall: Int64) {
        var span = TraceSpan("judge", took: answer.milliseconds, end: wall)
        span.isClient = true
        span.attributes = [
            ("component", .text(question.component.string)), ("status", .text(answer.status.rawValue)),
        ]
        switch question.subject {
        case .rollout(let key):
            span.attributes += [("tenant_id", .text(key.tenant.string)), ("thread_id", .text(key.thread.string))]
        case .group(let key, _):
            span.attributes += [("tenant_id", .text(key.tenant.string)), ("group_id", .text(key.group.string))]
        }
        if answer.status == .error || answer.status == .timeout { span.problem = answer.status.rawValue }
        add(span)
    }
}
