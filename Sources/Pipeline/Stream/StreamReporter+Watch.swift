internal import Kafka
internal import Reinforce

/// What is published for those who watch: one place, once a second.
extension StreamReporter {
    /// Publishes how it stands, where somebody watches and it is time.
    func publish(_ consumer: borrowing Consumer, isPaused: Bool) {
        guard let watch = journal.watch else { return }
        watch.turned()
        journal.measures.turned(at: SystemClock.uptime)
        guard watch.isDue else { return }
        journal.measures.mark(tasks.active)
        let (now, gauge) = (services.clock.milliseconds, gauge(consumer, isPaused: isPaused))
        var view = StreamView()
        view.phase = .working
        view.at = services.clock.wallMilliseconds
        view.uptime = SystemClock.uptime
        view.report = StreamReport(at: now, counts: journal.counts, gauge: gauge)
        view.status = journal.status
        view.transactions = commits.counts
        view.measures = journal.measures
        view.spans = journal.spans?.counts
        view.judges = rewards.standings
        view.statistics = KafkaStatistics(consumer.statistics)
        view.quiet = quiet
        view.commitAge = commits.age
        view.emptyCommits = journal.emptyCommits
        for task in tasks.sorted { view.places.append(place(task, end: consumer.knownEnd(of: task.place))) }
        watch.publish(view)
    }

    private func place(_ task: any StreamTask, end: Int64?) -> StreamView.Place {
        StreamView.Place(
            place: task.place,
            isEvents: services.topology.isEvents(task.place.topic),
            position: task.flow.position,
            end: end,
            committed: task.committed?.position,
            isRestoring: task.isRestoring,
            heldBytes: task.heldBytes,
            replay: journal.measures.replay(of: task).map { (max(0, task.flow.position - task.readsFrom), $0) }
        )
    }

    /// Publishes what the last commit has changed: the consumer is closed by then.
    func publishLast() {
        journal.watch?.update { view in
            view.report.counts = journal.counts
            view.status = journal.status
            view.transactions = commits.counts
            view.measures = journal.measures
            view.spans = journal.spans?.counts
            view.places = []
        }
    }
}
