import Kafka
import Testing

@testable import Pipeline

@Suite struct ReadinessTests {
    private let good = #"{"brokers":{"b":{"state":"UP"}},"cgrp":{"state":"up","join_state":"steady"}}"#

    private func view(_ change: (inout StreamView) -> Void = { _ in }) -> StreamView {
        var view = StreamView()
        view.phase = .working
        view.uptime = 100_000
        view.statistics = KafkaStatistics(good)
        change(&view)
        return view
    }

    private func reasons(_ view: StreamView, now: Int64 = 100_500, maxEmpty: Int = 0) -> [UnreadyReason] {
        view.reasons(now: now, maxEmpty: maxEmpty)
    }

    @Test func aMemberThatStandsByIsReady() { #expect(reasons(view()) == []) }

    @Test func withoutABrokerItIsNotReadyAndWithOneItIsAgain() {
        let gone = view {
            $0.statistics = KafkaStatistics(#"{"brokers":{"b":{"state":"DOWN"}},"cgrp":{"join_state":"steady"}}"#)
        }
        #expect(reasons(gone) == [.broker])
        #expect(reasons(view { $0.commitAge = 4500 }) == [.broker])
        #expect(reasons(view(), now: 104_500) == [.broker])
        #expect(reasons(view { $0.commitAge = 3000 }) == [])
        #expect(reasons(view { $0.phase = .starting }) == [.broker])
    }

    @Test func untilTheGroupHasGivenOutPartitionsItIsUnassigned() {
        #expect(reasons(view { $0.statistics = KafkaStatistics() }) == [.unassigned])
        let joining = view {
            $0.statistics = KafkaStatistics(#"{"brokers":{"b":{"state":"UP"}},"cgrp":{"join_state":"wait-sync"}}"#)
        }
        #expect(reasons(joining) == [.unassigned])
    }

    @Test func whatIsReadAgainKeepsItFromBeingReady() {
        #expect(reasons(view { $0.report.gauge.restoring = 1 }) == [.restoring])
        #expect(reasons(view { $0.report.gauge.waiting = 2 }) == [.restoring])
    }

    @Test func fencedPausedEmptyAndStoppingAreTold() {
        let error = KafkaError(code: .fatal, name: "f", recovery: .recreateClient, message: "m", operation: "o")
        #expect(reasons(view { $0.phase = .waiting(.fenced(error)) }) == [.fenced])
        #expect(reasons(view { $0.phase = .waiting(.unanswered(error)) }) == [.broker])
        #expect(reasons(view { $0.report.gauge.isPaused = true }) == [.pausedMemory])
        #expect(reasons(view { $0.emptyCommits = 3 }, maxEmpty: 3) == [.noBatches])
        #expect(reasons(view { $0.emptyCommits = 2 }, maxEmpty: 3) == [])
        #expect(reasons(view { $0.emptyCommits = 9 }) == [])
        #expect(reasons(view { $0.phase = .stopping }) == [.stopping])
    }
}
