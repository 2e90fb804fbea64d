internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// Tells how the work goes: lines of the log, and what is published for those who watch.
final class StreamReporter {
    let services: StreamServices
    let tasks: TaskManager
    let commits: CommitCoordinator
    let rewards: RewardExchange
    let journal: StreamJournal
    /// Brokers that are well say something at least so often, milliseconds.
    let quiet: Int64
    private var last = StreamReport()

    init(
        _ services: StreamServices,
        _ tasks: TaskManager,
        _ commits: CommitCoordinator,
        _ rewards: RewardExchange,
        _ journal: StreamJournal,
        quiet: Int64
    ) {
        self.services = services
        self.tasks = tasks
        self.commits = commits
        self.rewards = rewards
        self.journal = journal
        self.quiet = quiet
    }

    /// Tells who we are, what is read and written, and by which rules: a line each.
    func tellStart(_ tables: ReferenceTables) {
        let (settings, log, topology) = (services.settings, services.log, services.topology)
        let estimator = services.batchRules.estimator
        log.info("instance", ["name": .init(services.instance), "group": .init(settings.appID)])
        let inputs = topology.inputs.map { "\($0) (\(topology.partitions(of: $0)) partitions)" }
        log.info("reading", ["topics": .init(inputs.joined(separator: ", "))])
        let ledger = settings.topics.ledger.isEmpty ? "none" : settings.topics.ledger
        log.info(
            "writing",
            [
                "batches": .init(settings.topics.output), "dead_letters": .init(settings.dlqTopic),
                "ledger": .init(ledger),
            ]
        )
        if tables.areFromFile {
            log.info("examples", ["file": .init(settings.examples.file), "count": .init(tables.examples.count)])
        }
        log.info(
            "estimator",
            [
                "preset": .init(estimator.preset), "baseline": .init(estimator.baseline.rawValue),
                "scale": .init(estimator.scale.rawValue),
            ]
        )
        log.info("delivery", ["promise": .init(settings.delivery)])
    }

    /// A life as a member of the group begins.
    func begin() { last = StreamReport(at: services.clock.milliseconds, counts: journal.counts) }

    /// Tells what is due by now: warnings, and now and then how the work goes.
    ///
    /// - Returns: whether it was time for the latter.
    func tell(_ consumer: borrowing Consumer, isPaused: Bool) -> Bool {
        let now = services.clock.milliseconds
        publish(consumer, isPaused: isPaused)
        for notice in journal.notices.due(at: now) { notice.write(to: services.log) }
        guard now - last.at >= services.settings.log.reportInterval else { return false }
        let report = StreamReport(at: now, counts: journal.counts, gauge: gauge(consumer, isPaused: isPaused))
        tell(report)
        last = report
        return true
    }

    private func tell(_ report: StreamReport) {
        let log = services.log
        guard log.format == .json else { return log.info(report.line(since: last)) }
        let gauge = report.gauge
        var values = journal.status.values(journal.counts, commits.counts)
        values.append(("records_per_second", .number(report.rate(since: last))))
        values += [
            ("partitions", gauge.partitions), ("waiting_partitions", gauge.waiting), ("restoring", gauge.restoring),
            ("open_threads", gauge.openThreads), ("open_groups", gauge.openGroups), ("held_bytes", tasks.heldBytes),
        ].map { (key: $0.0, value: .init($0.1)) }
        values += JudgeStanding.values(rewards.standings)
        if let lag = gauge.lag { values.append(("lag", .init(lag))) }
        if let oldest = gauge.oldest { values.append(("oldest_ms", .integer(oldest))) }
        log.log(.info, "progress", values: values)
    }

    /// What is open and what waits.
    func gauge(_ consumer: borrowing Consumer, isPaused: Bool) -> StreamGauge {
        var gauge = StreamGauge()
        gauge.partitions = tasks.active.count
        gauge.waiting = tasks.openings.places.count
        gauge.isPaused = isPaused
        var isLagKnown = false
        for (place, task) in tasks.active {
            if task.isRestoring { gauge.restoring += 1 }
            task.describe(in: &gauge)
            guard let end = consumer.knownEnd(of: place) else { continue }
            let lag = Int(clamping: max(0, end - task.flow.position))
            if services.topology.isEvents(place.topic) {
                isLagKnown = true
                gauge.lag = (gauge.lag ?? 0) + lag
            } else {
                gauge.scoredLag += lag
            }
        }
        if !isLagKnown, tasks.active.keys.contains(where: { services.topology.isEvents($0.topic) }) { gauge.lag = nil }
        return gauge
    }

    /// The end: what has not been told yet, and the sums.
    func tellEnd() {
        let log = services.log
        for notice in journal.notices.rest(at: services.clock.milliseconds) { notice.write(to: log) }
        guard log.format == .json else { return log.info("stopped: " + journal.counts.text) }
        log.log(.info, "stopped", values: journal.status.values(journal.counts, commits.counts))
    }
}

extension StreamCounts {
    /// The sums in one line.
    var text: String {
        var parts = ["\(grouped(records)) records", "\(grouped(batches)) batches"]
        let threads = Fate.allCases.compactMap { fate in
            fates[fate].flatMap { $0 > 0 ? "\(grouped($0)) \(fate.rawValue)" : nil }
        }
        parts.append("threads: " + (threads.isEmpty ? "none" : threads.joined(separator: ", ")))
        if let text = breakdown(excluded.map { ($0.key.rawValue, $0.value) }) { parts.append("excluded \(text)") }
        if let text = breakdown(deadLetterReasons.map { ($0.key, $0.value) }) { parts.append("dead letters \(text)") }
        for (name, count) in [("duplicates", duplicates), ("late", late), ("clamped times", clamped)] where count > 0 {
            parts.append("\(grouped(count)) \(name)")
        }
        return parts.joined(separator: " · ")
    }
}
