import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// What is wrong with a configuration is said by the program before anything is read or written: exit 64, one line each.
@Suite struct SettingCommandTests {
    private let four = Fixture.path("cases/epsilon-range/four.dsrun")
    private let examples = Fixture.path("cases/epsilon-range/examples.jsonl")

    private func check(_ settings: String...) throws -> Tool {
        try Tool(arguments: ["run", "--check-config", "--examples", examples] + settings.flatMap { ["--set", $0] })
    }

    private func replay(_ arguments: String...) throws -> Tool {
        try Tool(
            arguments: ["replay", "--input", four, "--examples", examples, "--set", "batches.allow_repeats=true"]
                + arguments
        )
    }

    private func lines(_ tool: Tool) -> [String] { tool.error.split(separator: "\n").map(String.init) }

    @Test func theDefaultsAreGood() throws {
        let tool = try check("batches.allow_repeats=true")
        #expect(tool.code == 0, "\(tool.error)")
        #expect(tool.error == "the configuration is good: 1 examples\n")
    }

    @Test(arguments: ["-1", "nan", "inf", "1e400", "-0.5773502691896258"])
    func anEpsilonThatWouldTurnEveryAdvantageIsRefused(_ epsilon: String) throws {
        let folder = try TemporaryFolder()
        for tool in [
            try replay("--set", "estimator.epsilon=\(epsilon)", "--ledger", folder.file("l")),
            try check("estimator.epsilon=\(epsilon)", "batches.allow_repeats=true"),
        ] {
            #expect(tool.code == 64)
            #expect(lines(tool).count == 1 && tool.error.contains("`estimator.epsilon` must be"), "\(tool.error)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("l")))
    }

    @Test(arguments: [
        "2026-02-30T00:00:00Z", "2026-03-02T25:00:00Z", "2026-03-02T23:60:00Z", "2026-03-02T00:00:00",
        "26-03-02T00:00:00Z",
    ])
    func timesThatDoNotExistAreRefusedWhereverTheyAreWritten(_ time: String) throws {
        let days = Fixture.path("cases/impossible-times/days.dsrun")
        for tool in [
            try replay("--as-of", time), try check("start=\(time)"),
            try Tool("replay", "--input", days, "--examples", examples, "--from", time),
            try Tool("record", "--brokers", "127.0.0.1:1", "--topic", "t", "--out", "/nowhere/x", "--from", time),
            try Tool("record", "--brokers", "127.0.0.1:1", "--topic", "t", "--out", "/nowhere/x", "--to", time),
        ] {
            #expect(tool.code == 64)
            #expect(tool.error.contains(time) && tool.error.contains("2026-11-24T08:00:00Z"), "\(tool.error)")
            if time == "2026-03-02T00:00:00" { #expect(tool.error.contains("zone"), "\(tool.error)") }
        }
        #expect(try replay("--as-of", "2026-03-02T00:00:00+01:00", "--summary", "/dev/null").code == 0)
    }

    @Test(arguments: ["Tomorrow", "T"]) func startIsNeverTheBeginningByMistake(_ start: String) throws {
        #expect(try check("start=\(start)").code == 64)
    }

    @Test(arguments: ["dlq", "output", "scored", "ledger", "examples", "rollouts"])
    func twoRolesDoNotNameOneTopic(_ role: String) throws {
        for command in [["run", "--check-config"], ["check"], ["topics", "plan"]] {
            let tool = try Tool(arguments: command + ["--set", "topics.\(role)=dashstream-events"])
            #expect(tool.code == 64)
            #expect(tool.error.contains("`topics.\(role)`") && tool.error.contains("`topics.events`"), "\(tool.error)")
        }
    }

    @Test func librdkafkaIsAskedAboutItsPropertiesBeforeAnythingStarts() throws {
        let unknown = try check("kafka.socket.keepalive.enabel=true")
        #expect(unknown.code == 64)
        #expect(lines(unknown).count == 1)
        #expect(unknown.error.contains("`kafka.socket.keepalive.enabel` is neither a key nor a property of librdkafka"))
        #expect(unknown.error.contains("did you mean `socket.keepalive.enable`?"))
        let bad = try check("kafka.properties=[socket.timeout.ms=soon]")
        #expect(bad.code == 64)
        #expect(
            lines(bad).count == 1 && bad.error.contains("--set: `kafka.socket.timeout.ms` is refused by librdkafka")
        )
        #expect(try check("kafka.socket.keepalive.enable=true", "batches.allow_repeats=true").code == 0)
    }

    @Test func aSecretsValueIsNotInTheMessage() throws {
        let tool = try Tool(
            arguments: ["run", "--check-config"],
            environment: ["DASH_REINFORCE_KAFKA_PROPERTIES": "[ssl.key.pasword=hunter2, ssl.key.pem=hunter2]"]
        )
        #expect(tool.code == 64)
        #expect(!tool.error.contains("hunter2"))
    }

    @Test func aMisspeltPresetIsToldWithTheRest() throws {
        let tool = try check("estimator.preset=verll", "log.level=loud")
        #expect(tool.code == 64)
        #expect(lines(tool).count == 2)
        #expect(tool.error.contains("did you mean `verl`?"))
        #expect(try !check("estimator.preset=zzzzzz").error.contains("did you mean"))
        #expect(try Tool("advantages", "--estimator", "verll").error.contains("did you mean `verl`?"))
    }

    @Test(arguments: [
        ("http://localhost:9092", "web address"), ("localhost", "no port"), ("a:1,,b:1", "empty entry"),
        ("a:1, b:1", "a space"),
    ])
    func brokersThatCannotBeAreRefusedByTheFlag(_ brokers: String, _ expected: String) throws {
        for command in [
            ["check"], ["record", "--out", "/nowhere/x"], ["replay", "--topic", "t"], ["topics", "create"],
        ] {
            let tool = try Tool(arguments: command + ["--brokers", brokers])
            #expect(tool.code == 64)
            #expect(tool.error.hasPrefix("error: --brokers: ") && tool.error.contains(expected), "\(tool.error)")
        }
    }

    @Test(arguments: [
        ["record", "--out", "/nowhere/x", "--topic", "my topic"], ["replay", "--topic", ".."],
        ["replay", "--topic", "a,"],
    ])
    func aTopicThatNobodyCanHaveIsRefusedByTheFlag(_ arguments: [String]) throws {
        let tool = try Tool(arguments: arguments + ["--brokers", "127.0.0.1:1"])
        #expect(tool.code == 64)
        #expect(tool.error.hasPrefix("error: --topic must "), "\(tool.error)")
        let out = try replay("--out", "topic:my topic")
        #expect(out.code == 64 && out.error.hasPrefix("error: --out topic:NAME must be a topic name"), "\(out.error)")
    }

    @Test func aLongListOfErrorsIsCutShort() throws {
        let folder = try TemporaryFolder()
        let yaml = (0..<50).map { "colour_\($0): red\n" }.joined()
        try Data(yaml.utf8).write(to: URL(filePath: folder.file("c.yaml")))
        let tool = try Tool("run", "--check-config", "--config", folder.file("c.yaml"))
        #expect(tool.code == 64)
        #expect(lines(tool).count == 21)
        #expect(lines(tool).last == "… and 30 more")
        #expect(lines(tool)[19].hasPrefix("error: ") && lines(tool)[19].contains("line 20"))
    }

    @Test func whatHoldsForTwoConfigurationsIsWarnedOfOnce() throws {
        let folder = try TemporaryFolder()
        try Data("log: {level: info}\n".utf8).write(to: URL(filePath: folder.file("c.yaml")))
        let tool = try Tool(
            arguments: [
                "compare", folder.file("c.yaml"), folder.file("c.yaml"), "--input", four, "--examples", examples,
            ]
                + ["--set", "groups.deadline=1m", "--set", "batches.allow_repeats=true"]
        )
        #expect(tool.code == 0, "\(tool.error)")
        #expect(lines(tool).filter { $0.hasPrefix("warning:") }.count == 1, "\(tool.error)")
    }
}
