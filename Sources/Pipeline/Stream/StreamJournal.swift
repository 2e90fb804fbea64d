internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// What has happened so far, for people and metrics: the parts of the live runtime write it down, and nothing decides by it.
final class StreamJournal {
    /// What was counted and committed.
    var counts = StreamCounts()
    /// How the commits and the memberships went.
    var status = StreamStatus()
    /// Sizes and times, for those who watch.
    var measures = StreamMeasures()
    /// What a person should hear of.
    var notices = Notices()
    /// Commits in a row that had read records and made no batch.
    private(set) var emptyCommits = 0
    /// Takes spans for a collector of traces; nil: there is none.
    let spans: SpanExporter?
    /// What others see; nil: nobody watches.
    let watch: StreamWatch?
    let services: StreamServices

    init(_ services: StreamServices, spans: SpanExporter?, watch: StreamWatch?) {
        self.services = services
        self.spans = spans
        self.watch = watch
    }

    /// A commit went through: what it was about, and whether it made a batch.
    func committed(_ bundle: CommitBundle) {
        for part in bundle.parts {
            counts.add(part.output.counts)
            notices.add(part.output.notices)
        }
        let took = services.clock.milliseconds - bundle.since
        status.noteCommit(milliseconds: took)
        status.pointers += bundle.checkpoints.pointers
        let read = bundle.parts.reduce(0) { $0 + $1.output.counts.records }
        let batches = bundle.parts.reduce(0) { $0 + $1.output.counts.batches }
        if batches > 0 { emptyCommits = 0 } else if read > 0 { emptyCommits += 1 }
        guard let watch else { return }
        measures.committed(bundle, examplesTopic: services.settings.topics.examples)
        watch.committed(
            bundle.parts.flatMap(\.output.groups),
            milliseconds: max(0, took),
            at: services.clock.wallMilliseconds
        )
    }

    /// Tasks are through with what they had to read again.
    func restored(_ done: [(task: any StreamTask, milliseconds: Int64)]) {
        for (task, milliseconds) in done {
            status.replayed += task.replayed
            measures.restored(milliseconds: milliseconds)
            trace(restored: task.place, records: task.replayed, milliseconds: milliseconds)
        }
        services.log.info(
            "restored",
            [
                "partitions": .init(done.map(\.task.place).inRanges), "count": .init(done.count),
                "replayed": .init(done.reduce(0) { $0 + $1.task.replayed }),
                "ms": .init(Int(done.map(\.milliseconds).max() ?? 0)),
            ]
        )
    }
}
