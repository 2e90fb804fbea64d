internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    /// Tells who we are, what is read and written, and by which rules: a line each.
    func tellStart() {
        log.info("instance", ["name": .init(instance), "group": .init(settings.appID)])
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

    /// Tells what is due by now: warnings, and now and then how the work goes.
    func tell(_ consumer: borrowing Consumer, _ now: Int64) {
        publish(consumer)
        for notice in notices.due(at: now) { notice.write(to: log) }
        guard now - lastReport.at >= settings.log.reportInterval else { return }
        let report = StreamReport(at: now, counts: counts, gauge: gauge(consumer))
        tell(report)
        lastReport = report
        slot?.touch()
    }

    private func tell(_ report: StreamReport) {
        guard log.format == .json else { return log.info(report.line(since: lastReport)) }
        let gauge = report.gauge
        var values = status.values(counts, earlier + path.counts)
        values.append(("records_per_second", .number(report.rate(since: lastReport))))
        values += [
            ("partitions", gauge.partitions), ("waiting_partitions", gauge.waiting), ("restoring", gauge.restoring),
            ("open_threads", gauge.openThreads),
            ("open_groups", gauge.openGroups), ("held_bytes", partitions.values.reduce(0) { $0 + $1.heldBytes }),
        ].map { (key: $0.0, value: .init($0.1)) }
        values += JudgeStanding.values(desk?.standings(judgeLog) ?? [])
        if let lag = gauge.lag { values.append(("lag", .init(lag))) }
        if let oldest = gauge.oldest { values.append(("oldest_ms", .integer(oldest))) }
        log.log(.info, "progress", values: values)
    }

    func gauge(_ consumer: borrowing Consumer) -> StreamGauge {
        var gauge = StreamGauge()
        gauge.partitions = partitions.count
        gauge.waiting = openings.places.count
        gauge.isPaused = isPaused
        var isLagKnown = false
        for (place, partition) in partitions {
            if partition.isRestoring { gauge.restoring += 1 }
            partition.tell(&gauge)
            guard let end = consumer.knownEnd(of: place) else { continue }
            let lag = Int(clamping: max(0, end - partition.flow.position))
            if topology.isEvents(place.topic) {
                isLagKnown = true
                gauge.lag = (gauge.lag ?? 0) + lag
            } else {
                gauge.scoredLag += lag
            }
        }
        if !isLagKnown, partitions.keys.contains(where: { topology.isEvents($0.topic) }) { gauge.lag = nil }
        return gauge
    }

    /// The end: what has not been told yet, and the sums.
    func tellEnd() {
        for notice in notices.rest(at: clock.milliseconds) { notice.write(to: log) }
        guard log.format == .json else { return log.info("stopped: " + counts.text) }
        log.log(.info, "stopped", values: status.values(counts, earlier + path.counts))
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
