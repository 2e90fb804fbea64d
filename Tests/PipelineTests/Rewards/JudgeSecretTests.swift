import DashStream
import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// Secrets of judges are planted in the environment and in a file, the services say them back in every way, and nothing that
/// leaves the program holds them.
@Suite(.waits) struct JudgeSecretTests {
    private static let variable = "KEY_OF_THE_JUDGE_IN_TESTS"
    private static let planted = "planted-in-the-environment-7c1e"
    private static let filed = "planted-in-a-file-91b0"
    /// Once: others may be reading the environment.
    private static let isPlanted = unsafe setenv(variable, planted, 1) == 0
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try #require(Self.isPlanted)
        try Data("\(Self.filed)\n".utf8).write(to: URL(filePath: folder.file("key")))
    }

    /// What is asked says its headers back: as an explanation, with a refusal, as garbage, as a model's words.
    private static let service = """
        told = self.headers["Authorization"] + " " + self.headers["X-Key"]
        known = "\(planted)" in told and "\(filed)" in told
        if self.path == "/kind": self.say(200, {"reward": 1 if known else 0, "explanation": told})
        elif self.path == "/rude": self.say(401, {"error": told})
        elif self.path == "/ill": self.say(200, {"reward": None, "status": "error", "explanation": told})
        elif self.path == "/babble": self.say(200, told.encode())
        elif self.path == "/down": self.say(500, told.encode())
        else: self.say(200, {"choices": [{"message": {"content": "Score: 5, and my key is " + told}}]})
        """

    private func components(_ service: PythonService) -> [Settings.Rewards.Component] {
        ["kind", "rude", "ill", "babble", "down", "model"].map { name in
            var component = Settings.Rewards.Component(name: name, type: name == "model" ? "judge" : "http")
            component.fallback = 0
            component.outside.url = "\(service.address)/\(name)"
            component.outside.headers = [
                "Authorization": "Bearer ${\(Self.variable)}", "X-Key": "${file:\(folder.file("key"))}",
            ]
            component.outside.retries = 1
            component.outside.timeout = 60_000
            if name == "model" {
                component.outside.model = "m"
                component.outside.template = "{{completion}}"
                component.outside.parse = "Score: ([0-9.]+)"
                component.outside.range = [0, 10]
            }
            return component
        }
    }

    private func find(_ place: String, _ text: String) {
        for secret in [Self.planted, Self.filed] { #expect(!text.contains(secret), "\(place) holds \(secret)") }
    }

    @Test("They stand in no topic, no log and no page", arguments: [LogFormat.text, .json])
    func outputs(_ format: LogFormat) throws {
        let service = try PythonService(judge: Self.service)
        let run = try StreamRun(GoldenCase.all[0])
        try run.createRewards()
        run.settings.rewards.components += components(service)
        run.settings.http.listen = "127.0.0.1:0"
        var trace = Trace()
        for slot in 0..<2 { trace.thread("t\(slot)", example: "ex-0000", group: "g", slot: slot, of: 2, answer: "a") }
        trace.append("poison", [0xFF])
        try run.produce(trace.recording.records)

        let lines = Mutex("")
        let log = Logger(level: .debug, format: format, now: { 0 }) { line in
            lines.withLock { $0 += String(decoding: line, as: UTF8.self) }
        }
        let watch = StreamWatch()
        let processor = try StreamProcessor(
            run.settings,
            examples: try run.golden.options().examples,
            client: run.settings.clientConfiguration(),
            log: log,
            clock: FastClock(step: 20),
            isEmbedded: true,
            watch: watch
        )
        let server = try WatchServer.start(run.settings, watch, version: "0", swift: "0", log)
        defer { server?.stop() }
        let deadline = Date.patience
        try processor.run { processor.counts.fates.values.reduce(0, +) >= 2 || Date() > deadline }

        for (topic, count) in [
            ("dash-reinforce-scored", Int32(4)), ("reinforce", 1), ("dash-reinforce-dlq", 1), ("ledger", 1),
            ("dash-reinforce-checkpoints", 1), ("rewards", 4),
        ] {
            for record in try run.read(topic, partitions: count) {
                find(topic, String(decoding: record.value, as: UTF8.self))
                for header in record.headers { find(topic, String(decoding: header.value ?? [], as: UTF8.self)) }
            }
        }
        // every judge was asked, and the kind one knows them
        let said = try run.read("rewards", partitions: 4).map { try RewardRecord($0.value) }
        #expect(Set(said.map(\.component.string)) == Set(components(service).map(\.name)))
        #expect(said.filter { $0.component == "kind" }.allSatisfy { $0.answer.value == 1 })
        #expect(said.contains { $0.answer.explanation?.string.contains("[secret]") == true })
        let told = lines.withLock { $0 }
        #expect(told.contains("a judge fails"))
        find("the log", told)
        let address = try #require(server?.address)
        let paths = [
            "status", "metrics", "", "readyz", "api/series", "api/signals", "api/groups", "api/group?number=0",
        ]
        let fetch = """
            import sys, urllib.request as u, urllib.error as e
            try: a = u.urlopen(sys.argv[1])
            except e.HTTPError as x: a = x
            print(a.read().decode())
            """
        for path in paths {
            let page = try Tool(shell: "python3 -c '\(fetch)' '\(address)\(path)'")
            #expect(page.code == 0 && !page.out.isEmpty, "\(path): \(page.error)")
            find("/" + path, page.out)
        }
    }

    @Test("The configuration is printed with the names of what they are taken from, never with them")
    func configuration() throws {
        let text = """
            topics: {rewards: rewards}
            rewards:
              components:
                - name: a
                  type: http
                  url: "http://127.0.0.1:1/"
                  headers: {Authorization: "Bearer ${\(Self.variable)}", X-Key: "${file:\(folder.file("key"))}", X-Plain: "\(Self.planted)"}
            """
        try Data(text.utf8).write(to: URL(filePath: folder.file("c.yaml")))
        for arguments in [["run", "--print-config"], ["run", "--check-config"], ["topics", "plan"]] {
            let tool = try Tool(
                arguments: arguments + ["--config", folder.file("c.yaml")],
                environment: [Self.variable: Self.planted]
            )
            #expect(!(tool.out + tool.error).isEmpty)
            find(arguments.joined(separator: " "), tool.out + tool.error)
        }
        // what is not there is named, and what is there is not told
        let missing = try Tool(
            arguments: ["run", "--check-config", "--config", folder.file("c.yaml")],
            environment: [Self.variable: "two\nlines \(Self.planted)"]
        )
        find("the refusal", missing.out + missing.error)
    }
}
