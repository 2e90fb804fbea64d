internal import Kafka
internal import Reinforce
internal import Settings
internal import Watch

/// What is published for those who watch: one place, once a second.
extension StreamProcessor {
    /// Publishes how it stands, where somebody watches and it is time.
    func publish(_ consumer: borrowing Consumer) {
        guard let watch else { return }
        watch.turned()
        measures.turned(at: SystemClock.uptime)
        guard watch.isDue else { return }
        measures.mark(partitions)
        var view = StreamView()
        view.phase = .working
        view.at = clock.wallMilliseconds
        view.uptime = SystemClock.uptime
        view.report = StreamReport(at: clock.milliseconds, counts: counts, gauge: gauge(consumer))
        view.status = status
        view.transactions = earlier + path.counts
        view.measures = measures
        view.spans = spans?.counts
        view.judges = desk?.standings(judgeLog) ?? []
        view.statistics = KafkaStatistics(consumer.statistics)
        view.quiet = quiet
        view.commitAge = inFlight.map { clock.milliseconds - $0.since }
        view.emptyCommits = emptyCommits
        for (place, partition) in partitions {
            view.places.append(
                StreamView.Place(
                    place: place,
                    isEvents: topology.isEvents(place.topic),
                    position: partition.flow.position,
                    end: consumer.knownEnd(of: place),
                    committed: partition.committed?.position,
                    isRestoring: partition.isRestoring,
                    heldBytes: partition.heldBytes,
                    replay: measures.replay(of: partition).map {
                        (max(0, partition.flow.position - partition.readsFrom), $0)
                    }
                )
            )
        }
        view.places.sort { $0.place < $1.place }
        watch.publish(view)
    }

    /// Publishes what the last commit has changed: the consumer is closed by then.
    func publishLast() {
        watch?.update { view in
            view.report.counts = counts
            view.status = status
            view.transactions = earlier + path.counts
            view.measures = measures
            view.spans = spans?.counts
            view.places = []
        }
    }

    /// Notes a commit: what it was about, and whether it made a batch.
    func publish(committed bundle: CommitBundle) {
        let read = bundle.parts.reduce(0) { $0 + $1.output.counts.records }
        let batches = bundle.parts.reduce(0) { $0 + $1.output.counts.batches }
        if batches > 0 { emptyCommits = 0 } else if read > 0 { emptyCommits += 1 }
        status.pointers += bundle.checkpoints.pointers
        guard let watch else { return }
        measures.committed(bundle, examplesTopic: settings.topics.examples)
        watch.committed(
            bundle.parts.flatMap(\.output.groups),
            milliseconds: max(0, clock.milliseconds - bundle.since),
            at: clock.wallMilliseconds
        )
    }
}
