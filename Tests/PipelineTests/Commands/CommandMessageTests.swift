import Foundation
import JSON
import Kafka
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Recordings

/// What a person meets who types something: versions, hints, warnings.
@Suite struct CommandMessageTests {
    private let four = Fixture.path("cases/epsilon-range/four.dsrun")
    private let examples = Fixture.path("cases/epsilon-range/examples.jsonl")

    @Test(arguments: [["--version"], ["version"], ["-V"]]) func theVersionsAreToldInOneLine(_ arguments: [String])
        throws
    {
        let tool = try Tool(arguments: arguments)
        #expect(tool.code == 0)
        #expect(tool.out.split(separator: "\n").count == 1)
        #expect(tool.out.hasPrefix("dash-reinforce ") && tool.out.contains("librdkafka \(librdkafkaVersion), Swift 6."))
        #expect(tool.error.isEmpty)
    }

    @Test func theVersionsAreThereForPrograms() throws {
        let value = try JSONValue(parsing: Array(try Tool("version", "--json").out.utf8))
        #expect(value["librdkafka"]?.text == librdkafkaVersion)
        #expect(value["dash_reinforce"]?.text?.isEmpty == false && value["swift"]?.text?.isEmpty == false)
    }

    @Test func aRunBeginsWithTheVersions() throws {
        let tool = try Tool(
            "run",
            "--brokers",
            "127.0.0.1:1",
            "--examples",
            examples,
            "--set",
            "batches.allow_repeats=true"
        )
        let first = tool.error.split(separator: "\n").first ?? ""
        #expect(
            first.contains("starting") && first.contains("librdkafka=\(librdkafkaVersion)") && first.contains("swift=")
        )
    }

    @Test(arguments: [
        (["replay", "--inptu", "x"], "dash-reinforce replay --help"),
        (["topics", "create", "--partitons", "3"], "dash-reinforce topics create --help"),
        (["dlq", "replay", "--filtr", "x"], "dash-reinforce dlq replay --help"), (["rpelay"], "dash-reinforce --help"),
        (["replay"], "dash-reinforce replay --help"), (["--config", "x", "run"], "dash-reinforce --help"),
    ])
    func whatIsTypedWrongPointsToTheHelpOfItsCommand(_ arguments: [String], _ help: String) throws {
        let tool = try Tool(arguments: arguments)
        #expect(tool.code == 64)
        #expect(tool.error.hasSuffix("\nTry `\(help)`.\n"), "\(tool.error)")
    }

    @Test func aReplayWithoutOutputsSaysThatBatchesGoNowhere() throws {
        let arguments = ["replay", "--input", four, "--examples", examples, "--set", "batches.allow_repeats=true"]
        let folder = try TemporaryFolder()
        let silent = try Tool(arguments: arguments)
        #expect(silent.code == 0 && silent.error.contains("go nowhere") && silent.error.contains("--out"))
        for output in [["--out", folder.file("b")], ["--ledger", folder.file("l")], ["--quiet"]] {
            #expect(try !Tool(arguments: arguments + output).error.contains("go nowhere"))
        }
    }

    /// Cut within its first record: there is nothing that could be written.
    @Test func aCutInputLeavesNoEmptyOutputBehind() throws {
        let folder = try TemporaryFolder()
        try Data(try Fixture.bytes("cases/epsilon-range/four.dsrun").prefix(30)).write(
            to: URL(filePath: folder.file("cut"))
        )
        let outputs = ["out", "ledger", "dlq"]
        let tool = try Tool(
            arguments: ["replay", "--input", folder.file("cut"), "--examples", examples]
                + ["--set", "batches.allow_repeats=true"] + outputs.flatMap { ["--" + $0, folder.file($0)] }
        )
        #expect(tool.code == 66, "\(tool.error)")
        for name in outputs {
            for file in [name, name + ".partial"] {
                #expect(!FileManager.default.fileExists(atPath: folder.file(file)), "\(file)")
            }
        }
    }

    @Test func whatAnEarlierRunHasWrittenStaysWhereTheInputIsCut() throws {
        let folder = try TemporaryFolder()
        try Data(try Fixture.bytes("cases/epsilon-range/four.dsrun").prefix(30)).write(
            to: URL(filePath: folder.file("cut"))
        )
        try Data("before\n".utf8).write(to: URL(filePath: folder.file("out")))
        let tool = try Tool(
            arguments: ["replay", "--input", folder.file("cut"), "--examples", examples, "--out", folder.file("out")]
                + ["--set", "batches.allow_repeats=true"]
        )
        #expect(tool.code == 66)
        #expect(try folder.bytes("out") == Array("before\n".utf8))
    }

    @Test func aMissingTopicNamesTheCommandThatCreatesIt() {
        let problem = PipelineProblem(KafkaError.unknown("mine"), ClientConfiguration(brokers: "b:1"))
        #expect(problem.description.hasPrefix("describe topic mine: there is no such topic on b:1"))
        #expect(problem.description.contains("`dash-reinforce topics create`"))
    }

    /// No batch is made, so that none can repeat an example.
    @Test func whoLooksAtAGroupNeedsNoMoreExamplesThanThereAre() throws {
        let group = try Tool("inspect", "group", "no-such", "--input", four, "--examples", examples)
        #expect(group.code == 66)
        #expect(group.error.contains("there is no group `no-such`"), "\(group.error)")
        let replay = try Tool("replay", "--input", four, "--examples", examples)
        #expect(replay.code == 65 && replay.error.contains("batches.groups_per_batch"))
    }
}
