internal import Reinforce
internal import Telemetry
internal import Watch

/// What can be learnt, and what the texts are like.
extension StreamMetrics {
    var signalMetrics: [Metric] {
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

    var textMetrics: [Metric] {
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
