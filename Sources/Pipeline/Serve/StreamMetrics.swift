internal import Kafka
internal import Reinforce
internal import Telemetry
internal import Watch

/// A processor's metrics, from what it has published. Names and labels are kept from version to version.
struct StreamMetrics {
    let snapshot: StreamWatch.Snapshot
    let identity: WatchIdentity
    let status: StatusJSON

    var view: StreamView { snapshot.view }
    var counts: StreamCounts { view.report.counts }
    var gauge: StreamGauge { view.report.gauge }
    var sums: GroupSums { snapshot.book.sums }

    func metric(_ kind: Metric.Kind, _ name: String, unit: String? = nil, _ help: String) -> Metric {
        Metric(kind, "dash_reinforce_" + name, unit: unit, help)
    }

    /// All of them.
    var all: [Metric] {
        identityMetrics + flowMetrics + trafficMetrics + openMetrics + commitMetrics + replayMetrics + groupMetrics
            + signalMetrics + textMetrics + judgeMetrics
    }

    private var identityMetrics: [Metric] {
        let states = ["starting", "running", "waiting", "stopping"]
        let now = StatusJSON.state(view)
        let reasons = Set(snapshot.reasons(maxEmpty: status.maxEmpty))
        return [
            metric(.gauge, "build_info", "versions of the program and of what it is built on; always 1").adding(
                1,
                ["version": identity.version, "librdkafka": librdkafkaVersion, "swift": identity.swift]
            ),
            states.reduce(metric(.gauge, "state", "1 for the state that the processor is in")) {
                $0.adding($1 == now ? 1 : 0, ["state": $1])
            },
            metric(.gauge, "ready", "1 where /readyz answers 200").adding(reasons.isEmpty ? 1 : 0),
            UnreadyReason.allCases.reduce(metric(.gauge, "unready", "1 for each reason why it is not ready")) {
                $0.adding(reasons.contains($1) ? 1 : 0, ["reason": $1.rawValue])
            },
        ]
    }

    private var flowMetrics: [Metric] {
        var fates = metric(.counter, "threads", "threads by where they ended; the reason of those that are excluded")
        for fate in Fate.allCases where fate != .excluded {
            fates = fates.adding(counts.fates[fate] ?? 0, ["fate": fate.rawValue, "reason": ""])
        }
        for (reason, count) in counts.excluded.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            fates = fates.adding(count, ["fate": "excluded", "reason": reason.rawValue])
        }
        return [
            metric(
                .counter,
                "records_dropped",
                "messages that were passed over: duplicates, late ones, repeated records"
            )
            .adding("reason", ["dup": counts.duplicates, "late": counts.late, "repeated": counts.repeated]),
            deadLetters,
            metric(.counter, "stream_time_skew_clamps", "timestamps that could not be believed").adding(counts.clamped),
            fates,
            metric(.counter, "batches", "batches written").adding(counts.batches),
            metric(.counter, "rollouts_trained", "rollouts that were given to the trainer")
                .adding(counts.fates[.trained] ?? 0),
            metric(.gauge, "ledger_imbalance", "threads that do not add up; anything but 0 is a fault of the program")
                .adding(status.imbalance),
        ]
    }

    private var deadLetters: Metric {
        let found = metric(
            .counter,
            "dlq_records",
            "records that went to the dead letters, by the topic they are about"
        )
        let letters = view.measures.letters.sorted { ($0.key.topic, $0.key.reason) < ($1.key.topic, $1.key.reason) }
        guard !letters.isEmpty else { return found.adding(0, ["topic": "", "reason": "none"]) }
        return letters.reduce(found) { $0.adding($1.value, ["topic": $1.key.topic, "reason": $1.key.reason]) }
    }

    private var openMetrics: [Metric] {
        var lags = metric(.gauge, "position_lag_records", "records of a partition that are not read yet")
        for place in view.places {
            guard let lag = place.lag else { continue }
            lags = lags.adding(
                Double(lag),
                ["topic": place.place.topic, "partition": String(place.place.partition)]
            )
        }
        var found = [
            lags,
            metric(.gauge, "open_threads", "threads that are open, or wait for their pairing or example")
                .adding(gauge.openThreads),
            metric(.gauge, "open_groups", "groups that are not written yet").adding(gauge.openGroups),
            metric(.gauge, "oldest_open_age_seconds", unit: "seconds", "age of the oldest open thread or group")
                .adding(Double(gauge.oldest ?? 0) / 1000),
            metric(.gauge, "state_bytes", unit: "bytes", "memory that open threads and groups hold, roughly")
                .adding(view.places.reduce(0) { $0 + $1.heldBytes }),
            metric(.gauge, "assigned_partitions", "partitions that are ours").adding(gauge.partitions + gauge.waiting),
            metric(.gauge, "restoring_partitions", "partitions that are being taken up again").adding(gauge.restoring),
            metric(.gauge, "paused_partitions", "partitions that are not read, by reason").adding(
                "reason",
                ["memory": gauge.isPaused ? gauge.partitions : 0]
            ),
        ]
        if let seconds = status.lagSeconds {
            found.append(
                metric(.gauge, "lag_seconds", unit: "seconds", "how long it takes to catch up at the present speed")
                    .adding(seconds)
            )
        }
        return found
    }
}
