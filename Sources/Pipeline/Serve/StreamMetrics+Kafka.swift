internal import Kafka
internal import Telemetry
internal import Watch

/// What goes to and fro between the processor and Kafka.
extension StreamMetrics {
    /// What was read and written.
    var trafficMetrics: [Metric] {
        var records = metric(.counter, "records_consumed", "records taken from the events topics and committed")
        var bytes = metric(
            .counter,
            "bytes_consumed",
            "bytes of the values of records that were read, those read again included"
        )
        for (place, amount) in view.measures.consumed.sorted(by: { $0.key < $1.key }) {
            let labels: KeyValuePairs = ["topic": place.topic, "partition": String(place.partition)]
            // those between the stages are not counted as records: they come of records that were
            if amount.records > 0 { records = records.adding(amount.records, labels) }
            bytes = bytes.adding(amount.bytes, labels)
        }
        var written = metric(.counter, "records_produced", "records written and committed")
        var writtenBytes = metric(
            .counter,
            "bytes_produced",
            "bytes of the values of records that were written and committed"
        )
        for (topic, amount) in view.measures.produced.sorted(by: { $0.key < $1.key }) {
            written = written.adding(amount.records, ["topic": topic])
            writtenBytes = writtenBytes.adding(amount.bytes, ["topic": topic])
        }
        return [records, bytes, written, writtenBytes]
    }

    /// How commits fare.
    var commitMetrics: [Metric] {
        let transactions = view.transactions
        return [
            metric(.counter, "commits", "transactions that were committed").adding(transactions.commits),
            metric(.counter, "txn_aborts", "transactions that were aborted, by the name of the error")
                .adding("reason", transactions.aborts.isEmpty ? ["none": 0] : transactions.aborts),
            metric(.counter, "producer_recycled", "new producers after a request whose fate was unsure or an error")
                .adding(transactions.recycled + transactions.rebuilt),
            metric(.histogram, "commit_duration_seconds", unit: "seconds", "from the begin of a commit to its end")
                .adding(snapshot.commits.durations),
            metric(
                .gauge,
                "txn_in_flight_seconds",
                unit: "seconds",
                "how long the transaction under way has taken so far; 0 where none is"
            )
            .adding(Double(view.commitAge ?? 0) / 1000),
            metric(.histogram, "checkpoint_bytes", unit: "bytes", "size of a partition's checkpoint").adding(
                view.measures.checkpointBytes
            ),
            metric(.counter, "checkpoint_pointer", "checkpoints that were too long to stand beside an offset")
                .adding(view.status.pointers),
            metric(.counter, "spilled_threads", "parts of open threads that were written aside").adding(
                view.status.spills
            ),
            metric(.histogram, "e2e_latency_seconds", unit: "seconds", "from a group's last event to its written batch")
                .adding(sums.latency),
        ]
    }

    /// What a restart would read again of each partition.
    var replayMetrics: [Metric] {
        var records = metric(.gauge, "replay_distance_records", "records that a restart would read again")
        var bytes = metric(
            .gauge,
            "replay_distance_bytes",
            unit: "bytes",
            "bytes of their values, as far back as this process has read"
        )
        var seconds = metric(
            .gauge,
            "replay_distance_seconds",
            unit: "seconds",
            "time of the partition that they span, as far back as this process has read"
        )
        for place in view.places {
            guard let replay = place.replay else { continue }
            let labels: KeyValuePairs = ["topic": place.place.topic, "partition": String(place.place.partition)]
            records = records.adding(Double(replay.records), labels)
            bytes = bytes.adding(replay.distance.bytes, labels)
            if let time = replay.distance.time { seconds = seconds.adding(Double(time) / 1000, labels) }
        }
        return [records, bytes, seconds]
    }

    /// How the process fares as a member of its group.
    var groupMetrics: [Metric] {
        let measures = view.measures
        var times = metric(
            .histogram,
            "rebalance_duration_seconds",
            unit: "seconds",
            "until partitions that came are read, or those that go are handed over"
        )
        for kind in StreamMeasures.Rebalance.allCases {
            guard let histogram = measures.rebalanceTimes[kind] else { continue }
            times = times.adding(histogram, ["type": kind.rawValue])
        }
        return [
            metric(.counter, "rejoins", "times the process joined the group anew, with new clients").adding(
                view.status.rejoins
            ),
            metric(.counter, "fenced", "times the brokers took another process for this one").adding(measures.fenced),
            StreamMeasures.Rebalance.allCases.reduce(metric(.counter, "rebalances", "times partitions came or went")) {
                $0.adding(measures.rebalances[$1] ?? 0, ["type": $1.rawValue])
            },
            times,
            metric(.counter, "partitions_lost", "partitions that another member had before they were handed over")
                .adding(view.status.lost),
            metric(.counter, "restores", "partitions taken up from a checkpoint by reading again").adding(
                view.status.restores
            ),
            metric(
                .histogram,
                "restore_duration_seconds",
                unit: "seconds",
                "from taking a partition up to the end of reading again"
            )
            .adding(measures.restores),
            metric(.counter, "replayed_records", "records read again to take up what was open").adding(
                view.status.replayed
            ),
            metric(
                .gauge,
                "poll_interval_seconds_max",
                "the longest time between two polls, of this minute and the one before"
            )
            .adding(measures.longestTurn),
        ]
    }
}
