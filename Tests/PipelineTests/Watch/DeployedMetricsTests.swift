import Foundation
import Telemetry
import Testing

@testable import Pipeline

/// What alerts and the board in deploy/ ask for.
@Suite struct DeployedMetricsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "deploy")

    /// Every metric that the program may write for a scrape.
    private var metrics: [Metric] {
        let watch = StreamWatch()
        let identity = WatchIdentity(version: "1", swift: "6", instance: "a", group: "g", output: "o")
        let status = StatusJSON(snapshot: watch.latest, identity: identity, began: 0, now: 0, maxEmpty: 0)
        let statistics = #"{"brokers":{"b":{"nodename":"b","nodeid":1,"state":"UP"}},"topics":{}}"#
        return StreamMetrics(snapshot: watch.latest, identity: identity, status: status).all
            + KafkaStatistics(statistics).metrics + ProcessMetrics().metrics
    }

    private var written: Set<String> {
        var names: Set<String> = []
        for metric in metrics {
            switch metric.kind {
            case .counter: names.insert(metric.name + "_total")
            case .gauge: names.insert(metric.name)
            case .histogram: names.formUnion(["_bucket", "_sum", "_count"].map { metric.name + $0 })
            }
        }
        return names
    }

    private func names(in text: String) -> Set<String> {
        Set(text.matches(of: /\b(?:dash_reinforce|process)_[a-z0-9_]+\b/).map { String($0.output) })
    }

    @Test(arguments: [
        "prometheus/dash-reinforce.rules.yml", "prometheus/dash-reinforce.rules_test.yml",
        "grafana/dashboards/dash-reinforce.json",
    ])
    func everyMetricThatIsAskedForIsWritten(file: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        let asked = names(in: text)
        #expect(asked.count > 10)
        #expect(asked.subtracting(written).sorted() == [])
    }

    @Test func aNameThatIsNotWrittenIsFound() {
        let asked = names(
            in: "rate(dash_reinforce_batches_total[5m]) > dash_reinforce_batch_total + process_start_time"
        )
        #expect(asked.subtracting(written) == ["dash_reinforce_batch_total", "process_start_time"])
    }

    /// Reasons, fates and the like in rules and board are those that the program uses; judges and rewards are there once
    /// there are some.
    @Test func everyLabelValueThatIsAskedForExists() throws {
        let labels = metrics.flatMap(\.samples).flatMap(\.labels).map(\.value)
        let known = Set(labels + ["excluded", "error|timeout", "total", "dash-reinforce", "$instance"])
        #expect(known.isSuperset(of: ["informative", "trained", "memory"]))
        for file in ["prometheus/dash-reinforce.rules.yml", "grafana/dashboards/dash-reinforce.json"] {
            let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
            let asked = text.matches(of: /[{,] ?[a-z]+=~?\\?"([^"\\]+)\\?"/).map { String($0.output.1) }
            #expect(Set(asked).subtracting(known).sorted() == [], "\(file)")
        }
    }
}
