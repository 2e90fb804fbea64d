import EmbeddedKafka
import JSON
import Kafka
import KafkaTestSupport
import Settings
import TestSupport

@testable import Pipeline
@testable import Reinforce

extension StreamRun {
    /// A run whose groups are ranked by a program in Python.
    ///
    /// - Parameters:
    ///   - body: what it does with a question `q`; `say(…)` answers it, and `values` is a number for each of its threads that
    ///     is always the same.
    ///   - kafka: a real Kafka; nil: the embedded broker.
    static func ranked(
        _ body: String,
        on kafka: RealKafka? = nil,
        _ change: (inout Settings, inout Settings.Rewards.Component) -> Void = { _, _ in }
    ) throws -> StreamRun {
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        var component = Settings.Rewards.Component(name: "best", type: "rank")
        component.outside.by = "command"
        let head = """
            import json, sys, zlib, os, time, random
            def say(**more):
              print(json.dumps({"id": q["id"], **more}), flush=True)
            n = 0
            for line in sys.stdin:
              q = json.loads(line); n += 1
              values = {r["thread_id"]: zlib.crc32(r["thread_id"].encode()) % 101 / 101 for r in q["rollouts"]}

            """
        component.outside.command = ["python3", "-c", head + PythonService.block(body, 2)]
        try run.ask(component, change)
        return run
    }

    /// What was said of whole groups.
    func rankings() throws -> [GroupRewardRecord] {
        try rewardLines().compactMap { if case .group(let record) = $0 { record } else { nil } }
    }

    /// Digests of a replay that asks nobody.
    ///
    /// - Parameters:
    ///   - withSaid: it has what is on the topic of rewards.
    ///   - input: another recording than the golden one.
    func digestsByRecords(withSaid: Bool = true, input: String? = nil) throws -> [String: [String]] {
        try replayedDigests { options in
            if let input { options.input = input }
            options.stage.rewards = settings.stageConfiguration().rewards
            guard withSaid else { return }
            for line in try rewardLines() { options.stage.rewardRecords.insert(line) }
        }
    }
}
