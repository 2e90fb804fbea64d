internal import Telemetry

/// Those who are asked what rollouts are worth, and what scoring costs.
extension StreamMetrics {
    var judgeMetrics: [Metric] {
        var answers = metric(.counter, "judge_requests", "questions to judges that have their answer, by how it ended")
        var failures = metric(.counter, "judge_failures", "tries that failed, by kind; a question may take several")
        var times = metric(
            .histogram,
            "judge_seconds",
            unit: "seconds",
            "from a question to its answer, every try and pause included"
        )
        var inFlight = metric(.gauge, "judge_in_flight", "questions to judges without an answer yet")
        var waiting = metric(.gauge, "judge_waiting", "those of them that are held back, since nobody answers")
        for judge in view.judges {
            for (status, count) in judge.answers.sorted(by: { $0.key < $1.key }) {
                answers = answers.adding(count, ["component": judge.component, "status": status])
            }
            for (kind, count) in judge.failures.sorted(by: { $0.key < $1.key }) {
                failures = failures.adding(count, ["component": judge.component, "kind": kind])
            }
            times = times.adding(judge.seconds, ["component": judge.component])
            inFlight = inFlight.adding(judge.inFlight, ["component": judge.component])
            waiting = waiting.adding(judge.waiting, ["component": judge.component])
        }
        var spans = metric(.counter, "trace_spans", "spans for the collector of otel.endpoint, by what became of them")
        if let counts = view.spans {
            spans = spans.adding("result", ["sent": counts.sent, "dropped": counts.dropped])
        }
        return [
            spans, answers, failures, times, inFlight, waiting,
            metric(
                .histogram,
                "score_duration_seconds",
                unit: "seconds",
                "to put a thread together and score it; what others are asked is not in it"
            )
            .adding(view.measures.scoring),
        ]
    }
}
