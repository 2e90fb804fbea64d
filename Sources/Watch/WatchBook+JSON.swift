package import JSON
internal import Reinforce
package import Telemetry

/// What the page asks for.
extension WatchBook {
    /// A curve: columns of equal length, the oldest first.
    package func series(isDay: Bool, at now: Int64) -> [UInt8] {
        let points = (isDay ? day : hour).points(at: now)
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("step_ms", isDay ? day.step : hour.step)
            func column(_ name: String, _ value: (WatchPoint) -> Int64) {
                writer.array(name, points) { $0.integer(value($1)) }
            }
            column("time") { $0.time }
            column("length_ms") { $0.length }
            column("records") { Int64($0.counted.records) }
            column("batches") { Int64($0.counted.batches) }
            column("trained") { Int64($0.counted.trained) }
            column("voted") { Int64($0.counted.voted) }
            column("excluded") { Int64($0.counted.excluded) }
            column("superseded") { Int64($0.counted.superseded) }
            column("dead_letters") { Int64($0.counted.deadLetters) }
            column("open_threads") { Int64($0.counted.openThreads) }
            column("open_groups") { Int64($0.counted.openGroups) }
            column("commit_ms") { $0.commit }
            column("latency_ms") { $0.latency }
            writer.array("lag", points) { writer, point in
                if let lag = point.counted.lag { writer.integer(Int64(lag)) } else { writer.null() }
            }
            for (name, value) in [
                ("reward_mean", \WatchPoint.rewardMean), ("reward_p10", \.rewardLow), ("reward_p90", \.rewardHigh),
            ] {
                writer.array(name, points) { writer, point in
                    if let number = point[keyPath: value] { writer.double(number) } else { writer.null() }
                }
            }
            writer.object("kinds") { writer in
                for (index, kind) in GroupFacts.Kind.allCases.enumerated() {
                    writer.array(kind.rawValue, points) { $0.integer(Int64($1.kinds[index])) }
                }
            }
        }
        return writer.bytes
    }

    /// Distributions and tables since the process began.
    package var signals: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.object("rewards") { writer in
                for (name, histogram) in sums.rewards.sorted(by: { $0.key < $1.key }) {
                    writer.histogram(name, histogram)
                }
            }
            writer.histogram("advantages", sums.advantages)
            writer.histogram("tokens_kept", sums.keptTokens)
            writer.histogram("tokens_dropped", sums.droppedTokens)
            writer.histogram("staleness", sums.staleness)
            writer.counts("token_sources", sums.tokenSources)
            writer.field("calls", sums.calls)
            writer.field("truncated", sums.truncated)
            writer.field("tool_calls", sums.toolCalls)
            writer.field("tool_failures", sums.toolFailures)
            writer.array("policies", sums.policies) { writer, policy in
                writer.object { writer in
                    writer.field("version", policy.version)
                    writer.field("groups", policy.groups)
                    writer.field(
                        "reward_mean",
                        optional: policy.rewards > 0 ? policy.sum / Double(policy.rewards) : nil
                    )
                }
            }
            writeExamples(&writer)
        }
        return writer.bytes
    }

    private func writeExamples(_ writer: inout JSONWriter) {
        let rows = sums.examples.map { (id: $0.key, of: $0.value, mean: $0.value.outcomes / Double($0.value.groups)) }
            .sorted { ($0.mean, $0.id) < ($1.mean, $1.id) }
        func write(_ name: String, _ some: some Sequence<(id: String, of: GroupSums.Difficulty, mean: Double)>) {
            writer.array(name, some) { writer, row in
                writer.object { writer in
                    writer.field("example", row.id)
                    writer.field("mean", row.mean)
                    writer.field("groups", row.of.groups)
                    writer.field("informative", row.of.informative)
                }
            }
        }
        writer.field("examples", rows.count)
        write("worst", rows.prefix(8))
        write("best", rows.reversed().prefix(8))
        let never = rows.filter { $0.of.informative == 0 }
        writer.field("never_informative", never.count)
        write("never", never.sorted { ($1.of.groups, $0.id) < ($0.of.groups, $1.id) }.prefix(8))
    }

    /// The groups that a filter picks, the newest first, without their texts.
    package func groups(_ filter: GroupFilter) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("count", shelf.count)
            writer.field("kept", shelf.groups.count)
            writer.array("tenants", sums.tenants.keys.sorted()) { $0.string($1) }
            writer.array("groups", filter.pick(from: shelf)) { $1.write(to: &$0) }
        }
        return writer.bytes
    }
}

extension WatchedGroup {
    /// Its numbers, as an object.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("number", number)
            writer.field("tenant_id", facts.key.tenant.string)
            writer.field("group_id", facts.key.group.string)
            writer.field("example_id", facts.example.string)
            writer.field("policy_version", facts.policyVersion.string)
            writer.field("status", facts.status.rawValue)
            writer.field("signal", facts.kind.rawValue)
            writer.field("close_reason", facts.closeReason)
            writer.field("expected_size", facts.expectedSize)
            writer.field("votes", facts.statistics.votes)
            writer.field("mean", facts.statistics.mean)
            writer.field("std", facts.statistics.std)
            writer.field("decided_at_us", facts.decidedAt)
            writer.field("waited_ms", facts.waited)
            writer.field("batch_id", optional: batch)
            writer.field("excluded", optional: exclusion?.rawValue)
            writer.array("rollouts", facts.members) { writer, member in
                writer.object { writer in
                    writer.field("thread_id", member.thread.string)
                    writer.field("fate", member.fate(isUsed: exclusion == nil).rawValue)
                    writer.field("reward", optional: member.reward)
                    writer.field("advantage", member.advantage)
                }
            }
        }
    }
}

extension JSONWriter {
    /// A histogram: bounds and how many lie between them.
    package mutating func histogram(_ name: String, _ histogram: Histogram) {
        object(name) { writer in
            writer.array("bounds", histogram.bounds) { $0.double($1) }
            writer.array("counts", histogram.counts) { $0.integer(Int64($1)) }
            writer.field("count", histogram.count)
            writer.field("sum", histogram.sum)
        }
    }
}
