import Foundation
import JSON
import Settings
import Telemetry
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// `replay --ask` over a log of many rollouts.
@Suite(.serialized) struct RolloutAskerTests {
    private let folder: TemporaryFolder
    private let options: ReplayOptions
    private var settings = Settings()
    private static let answers = """
        import json, sys, time
        for line in sys.stdin:
          q = json.loads(line); time.sleep(0.002)
          print(json.dumps({"id": q["id"], "reward": float(q["thread_id"][1:]), "explanation": "x" * 1000}), flush=True)
        """

    init() throws {
        let folder = try TemporaryFolder()
        var trace = Trace()
        for index in 0..<60 {
            trace.thread("t\(index)", example: "e", group: "g\(index / 2)", slot: index % 2, of: 2, answer: "x")
        }
        try trace.write(folder.file("run"))
        let example = #"{"example_id":"e","data":{"question":"q","answer":"x"},"input_keys":["question"]}"#
        let (table, _) = ExampleTable.read(lines: Array(example.utf8))
        var component = Settings.Rewards.Component(name: "judge", type: "command")
        component.outside.command = ["python3", "-c", Self.answers]
        component.outside.timeout = 60_000
        settings.rewards.components = [component]
        settings.rewards.maxInFlight = 4
        var options = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        options.stage.rewards = settings.stageConfiguration().rewards
        self.options = options
        self.folder = folder
    }

    @Test("No more rollouts are held than may be asked about at a time, and each gets its answer")
    func bounded() throws {
        let log = Logger(now: { 0 }) { _ in }
        let desk = try settings.makeDesk(JudgeLog(log)) { 0 }.map { WaitingDesk($0) }
        let asker = RolloutAsker(options.stage, desk, limit: .max)
        var told = 0
        asker.onRollout = { told += $0.answers.count }
        let replay = Replay(options)
        replay.observer = asker
        #expect(try !replay.run().wasInterrupted)
        #expect(asker.finish())
        #expect(told == 60)
        #expect(asker.mostHeld == 4)
        for index in 0..<60 {
            let answer = asker.records.answer(ThreadKey(tenant: "t", thread: Text("t\(index)")), "judge")
            #expect(answer?.value == Double(index))
            // kept for scoring only
            #expect(answer?.explanation == nil)
        }
    }

    @Test("An interrupt ends it while the judges are silent")
    func interrupt() throws {
        var settings = settings
        settings.rewards.components[0].outside.command = ["python3", "-c", "import time; time.sleep(600)"]
        let asking = RewardAsking(options, settings, log: Logger(now: { 0 }) { _ in })
        var asked = 0
        asking.isInterrupted = {
            asked += 1
            return asked > 5
        }
        #expect(try asking.run() == nil)
    }
}
