internal import Kafka
internal import Reinforce
internal import Telemetry
internal import Watch

/// A processor's metrics, from what it has published. Names and labels are kept from version to version.
struct StreamMetrics {
    let snapshot: StreamWatch.Snapshot
    let identity: WatchIdentity
    let status: StatusJSON

    private var view: StreamView { snapshot.view }
    private var counts: StreamCounts { view.report.counts }
    private var gauge: StreamGauge { view.report.gauge }
    private var sums: GroupSums { snapshot.book.sums }

    private func metric(_ kind: Metric.Kind, _ name: String, unit: String? = nil, _ help: String) -> Metric {
        Metric(kind, "dash_reinforce_" + name, unit: unit, help)
    }

    /// All of them.
    var all: [Metric] { identityMetrics + flowMetrics + openMetrics + commitMetrics + signalMetrics + textMetrics }

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
            metric(.counter, "records_consumed", "records taken from the events topics and between the stages")
                .adding(counts.records),
            metric(
                .counter,
                "records_dropped",
                "messages that were passed over: duplicates, late ones, repeated records"
            )
            .adding("reason", ["dup": counts.duplicates, "late": counts.late, "repeated": counts.repeated]),
            metric(.counter, "dlq_records", "records that went to the dead letters")
                .adding("reason", counts.deadLetterReasons.isEmpty ? ["decode_error": 0] : counts.deadLetterReasons),
            metric(.counter, "stream_time_skew_clamps", "timestamps that could not be believed").adding(counts.clamped),
            fates,
            metric(.counter, "batches", "batches written").adding(counts.batches),
            metric(.counter, "rollouts_trained", "rollouts that were given to the trainer")
                .adding(counts.fates[.trained] ?? 0),
            metric(.gauge, "ledger_imbalance", "threads that do not add up; anything but 0 is a fault of the program")
                .adding(status.imbalance),
        ]
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

    private var commitMetrics: [Metric] {
        let transactions = view.transactions
        let status = view.status
        return [
            metric(.counter, "commits", "transactions that were committed").adding(transactions.commits),
            metric(.counter, "txn_aborts", "transactions that were aborted, by the name of the error")
                .adding("reason", transactions.aborts.isEmpty ? ["none": 0] : transactions.aborts),
            metric(.counter, "producer_recycled", "new producers after a request whose fate was unsure or an error")
                .adding(transactions.recycled + transactions.rebuilt),
            metric(.counter, "rejoins", "times the process joined the group anew, with new clients").adding(
                status.rejoins
            ),
            metric(.histogram, "commit_duration_seconds", unit: "seconds", "from the begin of a commit to its end")
                .adding(snapshot.commits.durations),
            metric(.counter, "rebalances", "times partitions came or went").adding(status.rebalances),
            metric(.counter, "partitions_lost", "partitions that another member had before they were handed over")
                .adding(status.lost),
            metric(.counter, "restores", "partitions taken up from a checkpoint by reading again").adding(
                status.restores
            ),
            metric(.counter, "replayed_records", "records read again to take up what was open").adding(status.replayed),
            metric(.counter, "checkpoint_pointer", "checkpoints that were too long to stand beside an offset")
                .adding(status.pointers),
            metric(.counter, "spilled_threads", "parts of open threads that were written aside").adding(status.spills),
            metric(.histogram, "e2e_latency_seconds", unit: "seconds", "from a group's last event to its written batch")
                .adding(sums.latency),
        ]
    }

    private var signalMetrics: [Metric] {
        var groups = metric(.counter, "groups", "groups by what can be learnt from them and why they closed")
        for kind in GroupFacts.Kind.allCases {
            for reason in ["complete", "deadline"] {
                let cell = GroupSums.Cell(kind: kind, closeReason: reason)
                groups = groups.adding(sums.cells[cell] ?? 0, ["signal": kind.rawValue, "close_reason": reason])
            }
        }
        var waits = metric(
            .histogram,
            "group_wait_seconds",
            unit: "seconds",
            "from a group's first claim to its last decision"
        )
        for (reason, histogram) in sums.waits.sorted(by: { $0.key < $1.key }) {
            waits = waits.adding(histogram, ["close_reason": reason])
        }
        var rewards = metric(.histogram, "reward", "values of the reward's components; total: the reward itself")
        for (name, histogram) in sums.rewards.sorted(by: { $0.key < $1.key }) {
            rewards = rewards.adding(histogram, ["component": name])
        }
        return [
            groups, waits, rewards,
            metric(.histogram, "advantage_abs", "sizes of advantages; near 0 there is nothing to learn").adding(
                sums.advantageSizes
            ),
            metric(.histogram, "staleness_versions", "how far a group's policy is behind the newest one of its tenant")
                .adding(sums.staleness),
        ]
    }

    private var textMetrics: [Metric] {
        [
            metric(.histogram, "completion_tokens", "tokens written by rollouts that count, and by those that do not")
                .adding(sums.keptTokens, ["kept": "true"]).adding(sums.droppedTokens, ["kept": "false"]),
            metric(.counter, "tokens_source", "model calls by where their tokens are from").adding(
                "source",
                ["engine": 0, "engine_ids": 0, "absent": 0].merging(sums.tokenSources) { $1 }
            ),
            metric(.counter, "calls_truncated", "model calls that were cut at the length they were allowed").adding(
                sums.truncated
            ),
            metric(.counter, "tool_calls", "tools that rollouts used").adding(sums.toolCalls),
            metric(.counter, "tool_failures", "tools that failed").adding(sums.toolFailures),
        ]
    }
}
