internal import JSON
internal import Kafka
internal import Reinforce
internal import Telemetry
internal import Watch

/// What `/status` says, and the page is told every second.
struct StatusJSON {
    let snapshot: StreamWatch.Snapshot
    let identity: WatchIdentity
    let began: Int64
    let now: Int64
    let maxEmpty: Int

    private var view: StreamView { snapshot.view }
    private var counts: StreamCounts { view.report.counts }
    private var gauge: StreamGauge { view.report.gauge }

    /// One word.
    static func state(_ view: StreamView) -> String {
        switch view.phase {
        case .starting: "starting"
        case .working: "running"
        case .waiting: "waiting"
        case .stopping: "stopping"
        }
    }

    /// As one object.
    var bytes: [UInt8] {
        let reasons = snapshot.reasons(maxEmpty: maxEmpty)
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("version", identity.version)
            writer.field("librdkafka", librdkafkaVersion)
            writer.field("instance", identity.instance)
            writer.field("group", identity.group)
            writer.field("state", Self.state(view))
            writer.field("ready", reasons.isEmpty)
            writer.array("reasons", reasons) { writer, reason in
                writer.object { writer in
                    writer.field("reason", reason.rawValue)
                    writer.field("advice", reason.advice)
                }
            }
            writer.field("at", now)
            writer.field("started_at", began)
            writer.field("output", identity.output)
            writer.field("records_per_second", view.rate)
            writer.field("lag", optional: gauge.lag)
            writer.field("lag_seconds", optional: lagSeconds)
            writer.field("scored_lag", gauge.scoredLag)
            writer.field("open_threads", gauge.openThreads)
            writer.field("open_groups", gauge.openGroups)
            writer.field("oldest_open_ms", optional: gauge.oldest.map { Int(clamping: $0) })
            writer.field("restoring", gauge.restoring)
            writer.field("waiting_partitions", gauge.waiting)
            writer.field("paused", gauge.isPaused)
            writer.field("held_bytes", view.places.reduce(0) { $0 + $1.heldBytes })
            writer.field("groups_seen", snapshot.book.shelf.count)
            writeCounts(&writer)
            writeCommits(&writer)
            writePlaces(&writer)
            writeTenants(&writer)
            writeJudges(&writer)
            writeLedger(&writer)
        }
        return writer.bytes
    }

    /// How long it takes to catch up; nil: not known.
    var lagSeconds: Double? {
        guard let lag = gauge.lag else { return nil }
        return lag == 0 ? 0 : view.rate > 0 ? Double(lag) / view.rate : nil
    }

    private func writeCounts(_ writer: inout JSONWriter) {
        writer.object("counts") { writer in
            writer.field("records", counts.records)
            writer.field("repeated", counts.repeated)
            writer.field("duplicates", counts.duplicates)
            writer.field("late", counts.late)
            writer.field("clamped", counts.clamped)
            writer.field("head_lost", counts.headLost)
            writer.field("batches", counts.batches)
            writer.counts(
                "threads",
                Dictionary(uniqueKeysWithValues: Fate.allCases.map { ($0.rawValue, counts.fates[$0] ?? 0) })
            )
            writer.counts("excluded", Dictionary(counts.excluded.map { ($0.key.rawValue, $0.value) }) { $0 + $1 })
            writer.counts("groups", Dictionary(counts.groups.map { ($0.key.rawValue, $0.value) }) { $0 + $1 })
            var kinds: [String: Int] = [:]
            for (cell, count) in snapshot.book.sums.cells { kinds[cell.kind.rawValue, default: 0] += count }
            writer.counts("signal", kinds)
            writer.field("informative_groups", counts.informativeGroups)
            writer.field("dead_letters", counts.deadLetters)
            writer.counts("dead_letter_reasons", counts.deadLetterReasons)
            writer.field("rewards", counts.rewards)
            writer.field(
                "reward_mean",
                optional: counts.rewards > 0 ? counts.rewardSum / Double(counts.rewards) : nil
            )
        }
    }

    private func writeCommits(_ writer: inout JSONWriter) {
        writer.object("commits") { writer in
            writer.field("count", view.transactions.commits)
            writer.counts("aborts", view.transactions.aborts)
            writer.field("not_member", view.transactions.notMember)
            writer.field("in_doubt", view.transactions.inDoubt)
            writer.field("rebalances", view.status.rebalances)
            writer.field("rejoins", view.status.rejoins)
            writer.field("restores", view.status.restores)
            writer.field("replayed", view.status.replayed)
            writer.field("lost_partitions", view.status.lost)
            writer.field("spills", view.status.spills)
            writer.array("latest", snapshot.commits.latest.suffix(20)) { writer, commit in
                writer.object { writer in
                    writer.field("at", commit.at)
                    writer.field("ms", commit.milliseconds)
                }
            }
        }
    }

    private func writePlaces(_ writer: inout JSONWriter) {
        writer.array("partitions", view.places) { writer, place in
            writer.object { writer in
                writer.field("topic", place.place.topic)
                writer.field("partition", Int(place.place.partition))
                writer.field("stage", place.isEvents ? "events" : "scored")
                writer.field("position", place.position)
                writer.field("end", optional: place.end.map { Int(clamping: $0) })
                writer.field("lag", optional: place.lag.map { Int(clamping: $0) })
                writer.field("committed", optional: place.committed.map { Int(clamping: $0) })
                writer.field("restoring", place.isRestoring)
                writer.field("held_bytes", place.heldBytes)
            }
        }
    }

    private func writeTenants(_ writer: inout JSONWriter) {
        writer.array("tenants", snapshot.book.sums.tenants.sorted { $0.key < $1.key }) { writer, tenant in
            writer.object { writer in
                writer.field("tenant_id", tenant.key)
                writer.counts("groups", Dictionary(tenant.value.kinds.map { ($0.key.rawValue, $0.value) }) { $0 + $1 })
                writer.counts(
                    "rollouts",
                    Dictionary(tenant.value.rollouts.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
                )
            }
        }
    }

    private func writeJudges(_ writer: inout JSONWriter) {
        writer.array("judges", view.judges) { writer, judge in
            writer.object { writer in
                writer.field("component", judge.component)
                writer.field("in_flight", judge.inFlight)
                writer.field("waiting", judge.waiting)
                writer.counts("answers", judge.answers)
                writer.counts("failures", judge.failures)
                writer.field(
                    "mean_seconds",
                    optional: judge.seconds.count > 0 ? judge.seconds.sum / Double(judge.seconds.count) : nil
                )
            }
        }
    }

    private func writeLedger(_ writer: inout JSONWriter) {
        writer.object("ledger") { writer in
            writer.field("threads", counts.fates.values.reduce(0, +))
            writer.field("imbalance", imbalance)
            writer.field(
                "reason",
                optional: gauge.imbalance != 0
                    ? "\(gauge.imbalance) threads of decided groups have no line in the ledger, or more than one"
                    : unexplained != 0 ? "\(unexplained) excluded threads have no reason" : nil
            )
        }
    }

    /// Threads that do not add up; 0 always.
    var imbalance: Int { gauge.imbalance + abs(unexplained) }

    /// Excluded threads without a reason; below 0: reasons too many.
    private var unexplained: Int { (counts.fates[.excluded] ?? 0) - counts.excluded.values.reduce(0, +) }
}

/// Who answers; the same as long as the process lives.
public struct WatchIdentity: Sendable {
    /// The program's version.
    public var version: String
    /// The compiler's version.
    public var swift: String
    /// The name of the process in its group.
    public var instance: String
    /// The group.
    public var group: String
    /// The topic of the batches.
    public var output: String

    /// Who answers.
    public init(version: String, swift: String, instance: String, group: String, output: String) {
        self.version = version
        self.swift = swift
        self.instance = instance
        self.group = group
        self.output = output
    }
}
