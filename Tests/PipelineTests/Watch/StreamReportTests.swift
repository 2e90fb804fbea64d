import Reinforce
import Testing

@testable import Pipeline

@Suite struct StreamReportTests {
    private func report(at: Int64, _ change: (inout StreamReport) -> Void = { _ in }) -> StreamReport {
        var report = StreamReport(at: at)
        report.gauge.partitions = 4
        report.gauge.lag = 0
        change(&report)
        return report
    }

    @Test func oneLineTellsHowTheWorkGoes() {
        let before = report(at: 0) { report in
            report.counts.records = 1000
            report.counts.batches = 10
            report.counts.excluded = [.unknownExample: 1]
        }
        let now = report(at: 10_000) { report in
            report.counts.records = 125_000
            report.counts.batches = 12
            report.counts.rewards = 100
            report.counts.rewardSum = 43
            report.counts.groups = [.ok: 60, .zeroVariance: 15, .conflict: 5]
            report.counts.informativeGroups = 57
            report.counts.excluded = [.unknownExample: 5, .incomplete: 1]
            report.counts.deadLetterReasons = ["schema_error": 1]
            report.gauge.lag = 3201
            report.gauge.openThreads = 320
            report.gauge.openGroups = 80
            report.gauge.oldest = 41_000
        }
        #expect(
            now.line(since: before)
                == "12,400 rec/s · lag 3,201 (0.3 s) · open 320 threads, 80 groups (oldest 41 s) · 12 batches (+2) · "
                + "reward 0.43 · signal 71 % · excluded +5: unknown_example 4, incomplete 1 · dead letters +1: schema_error"
        )
    }

    @Test func whereNothingHappensThereIsNothingToSay() {
        let before = report(at: 0) { $0.counts.batches = 12 }
        let now = report(at: 10_000) { $0.counts.batches = 12 }
        #expect(now.line(since: before) == "0 rec/s · lag 0 · open 0 threads, 0 groups · 12 batches")
    }

    @Test func duplicatesLatenessAndClampedTimesAreSeen() {
        let now = report(at: 1000) { report in
            report.counts.duplicates = 1200
            report.counts.late = 3
            report.counts.clamped = 1
        }
        #expect(now.line(since: report(at: 0)).hasSuffix("· duplicates +1,200 · late +3 · clamped times +1"))
    }

    @Test func whatHoldsTheWorkUpComesFirst() {
        let none = StreamReport(at: 1000)
        #expect(none.line(since: StreamReport()).hasPrefix("no partition is assigned · 0 rec/s · lag unknown"))
        let busy = report(at: 1000) { report in
            report.gauge.restoring = 2
            report.gauge.isPaused = true
            report.gauge.scoredLag = 5000
        }
        let line = busy.line(since: report(at: 0))
        #expect(line.hasPrefix("restoring 2 of 4 partitions · paused at limits.memory_budget · 0 rec/s"))
        #expect(line.contains("between the stages 5,000"))
    }

    @Test(arguments: [
        (0.26, "0.3 s"), (9.94, "9.9 s"), (9.96, "10 s"), (119, "119 s"), (121, "2 min"), (7300, "2 h"),
        (200_000, "2 d"), (1e300, "1,000,000,000,000 d"), (-1, "? s"), (.infinity, "? s"), (.nan, "? s"),
    ])
    func timesAreShort(_ seconds: Double, _ text: String) { #expect(shortSeconds(seconds) == text) }

    @Test func noNumberTraps() {
        let before = StreamReport(at: .max)
        let now = report(at: .min) { report in
            report.counts.rewards = 1
            report.counts.rewardSum = .infinity
            report.gauge.lag = .max
            report.gauge.oldest = .max
        }
        #expect(now.line(since: before).contains("lag 9,223,372,036,854,775,807"))
        #expect(grouped(.min) == "-9,223,372,036,854,775,808")
        #expect(twoDigits(-0.004) == "0.00")
        #expect(twoDigits(1234.567) == "1,234.57")
    }
}
