import Testing

@testable import Telemetry

@Suite struct MetricTests {
    private func text(_ form: MetricText, _ metrics: Metric...) -> String {
        String(decoding: form.write(metrics), as: UTF8.self)
    }

    @Test func aCounterEndsInTotalInBothForms() {
        let counter = Metric(.counter, "records", "what came").adding(3, ["topic": "a"]).adding(4, ["topic": "b"])
        #expect(
            text(.prometheus, counter)
                == "# HELP records_total what came\n# TYPE records_total counter\n"
                + "records_total{topic=\"a\"} 3\nrecords_total{topic=\"b\"} 4\n"
        )
        #expect(
            text(.openMetrics, counter)
                == "# HELP records what came\n# TYPE records counter\n"
                + "records_total{topic=\"a\"} 3\nrecords_total{topic=\"b\"} 4\n# EOF\n"
        )
    }

    @Test func aHistogramsBucketsAddUp() {
        var times = Histogram([0.1, 1])
        for value in [0.05, 0.1, 0.5, 7, .nan] { times.observe(value) }
        let metric = Metric(.histogram, "wait_seconds", unit: "seconds", "how long").adding(times, ["of": "x"])
        #expect(
            text(.prometheus, metric)
                == "# HELP wait_seconds how long\n# TYPE wait_seconds histogram\n"
                + "wait_seconds_bucket{of=\"x\",le=\"0.1\"} 2\nwait_seconds_bucket{of=\"x\",le=\"1\"} 3\n"
                + "wait_seconds_bucket{of=\"x\",le=\"+Inf\"} 4\nwait_seconds_sum{of=\"x\"} 7.65\n"
                + "wait_seconds_count{of=\"x\"} 4\n"
        )
        #expect(text(.openMetrics, metric).contains("# UNIT wait_seconds seconds\n"))
    }

    @Test func whatDataSaysCannotEndALabel() {
        let metric = Metric(.gauge, "g", "a\nb").adding(1, ["tenant": "x\"\\\n} 2"])
        #expect(text(.prometheus, metric).contains("g{tenant=\"x\\\"\\\\\\n} 2\"} 1\n"))
        #expect(text(.prometheus, metric).contains("# HELP g a\\nb\n"))
    }

    @Test func aMetricWithoutValuesIsLeftOut() { #expect(text(.prometheus, Metric(.gauge, "g", "x")) == "") }

    @Test func theFormIsAsTheClientAccepts() {
        #expect(MetricText(accept: nil) == .prometheus)
        #expect(MetricText(accept: "text/plain") == .prometheus)
        #expect(MetricText(accept: "application/openmetrics-text;version=1.0.0,text/plain") == .openMetrics)
    }

    @Test func aProcessTellsItsTimeAndMemory() {
        let names = ProcessMetrics().metrics.map(\.name)
        #expect(names.contains("process_cpu_seconds") && names.contains("process_start_time_seconds"))
    }
}
