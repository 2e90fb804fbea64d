import Foundation
import Testing

@testable import Settings

@Suite struct SettingsTests {
    @Test func anEmptyFileIsTheDefaults() {
        #expect(load("").settings == Settings())
        #expect(load("# nothing\n").errors == [])
        #expect(load("groups:\nlog: {}\n").errors == [])
    }

    @Test func theFileIsReadThenTheEnvironmentThenTheCommandLine() {
        let yaml =
            "groups: {settle: 1h, min_usable: 3}\nassembly:\n  idle_timeout: 90s\nlimits: {memory_budget: 2GiB}\r\n"
        let (settings, errors) = load(
            yaml,
            [
                "DASH_REINFORCE_GROUPS_MIN_USABLE": "4", "KAFKA_BROKERS": "a:1,b:2",
                "DASH_REINFORCE_LIMITS_MAX_FRAME_BYTES": "5MiB",
            ],
            [Settings.Override("groups.min_usable", "5")]
        )
        #expect(errors == [])
        #expect(settings.groups.settle == 3_600_000)
        #expect(settings.groups.minUsable == 5)
        #expect(settings.assembly.idleTimeout == 90_000)
        #expect(settings.limits.memoryBudget == 2 << 30)
        #expect(settings.limits.maxFrameBytes == 5 << 20)
        #expect(settings.kafka.brokers == "a:1,b:2")
    }

    @Test func everyProblemIsToldAtOnceWithItsLineAndTheNearestKey() {
        let yaml = """
            gruops: {settle: 1h}
            groups:
              setle: 1h
              min_usable: none
              partial: kep
            batches: {groups_per_batch: 0}
            rewards: {failure_score: -2}
            """
        let errors = load(yaml).errors
        #expect(errors.count == 6)
        for expected in [
            "line 1: `gruops` is not a known key; did you mean `groups`?",
            "line 3: `groups.setle` is not a known key; did you mean `groups.settle`?",
            "line 4: `groups.min_usable` must be a whole number", "did you mean `keep`",
            "line 6: `batches.groups_per_batch` must be from 1",
            "`rewards.failure_score` must be above",
        ] { #expect(errors.contains { $0.contains(expected) }, "\(expected) in \(errors)") }
    }

    @Test func aKeyIsGivenOnce() {
        #expect(
            load("log:\n  level: info\n  format: text\n  level: debug").errors == [
                "f.yaml line 4: `log.level` is given a second time, after line 2"
            ]
        )
    }

    @Test(arguments: ["a: [", "a: *b", "\t- x", "--- 1\n--- 2", "a: \u{1}"])
    func whatIsNoYAMLIsRefusedWithItsLine(_ yaml: String) {
        #expect(load(yaml).errors.contains { $0.contains("f.yaml line") })
    }

    @Test func nestingIsBounded() {
        #expect(load(String(repeating: "[", count: 1000)).errors.count == 1)
    }

    @Test func propertiesOfKafkaPassThroughExceptOurs() {
        let (settings, errors) = load("kafka: {brokers: 'x:1', security.protocol: SSL, properties: [a.b=c]}")
        #expect(errors == [])
        #expect(settings.kafka.properties == ["a.b=c", "security.protocol=SSL"])
        #expect(load("kafka: {group.id: mine}").errors.contains { $0.contains("it is `app_id`") })
        #expect(load("kafka: {properties: [enable.auto.commit=true]}").errors.count == 1)
    }

    @Test func secretsAreNeverArgumentsAndNeverShown() {
        let override = Settings.Override("kafka.sasl.password", "hunter2")
        #expect(load("", [:], [override]).errors.contains { $0.contains("secret") })
        let (settings, errors) = load("", ["KAFKA_SASL_PASSWORD": "hunter2"])
        #expect(errors == [])
        #expect(settings.secrets == ["hunter2"])
        #expect(!settings.render().contains("hunter2"))
    }

    @Test func whatIsPrintedReadsBackToTheSame() throws {
        var settings = Settings()
        settings.groups.settle = 90_000
        settings.limits.memoryBudget = 123_456_789
        settings.topics.events = ["a"]
        settings.pairing.manifestPointer = ""
        settings.kafka.properties = ["sasl.password=a\"b'c: #d"]
        settings.start = .time(try Time(parsing: "2026-11-24T09:00:00+01:00"))
        settings.estimator.epsilon = 1e-7
        settings.rewards.components = [
            .init(
                name: "match",
                type: "exact_match",
                weight: 0.5,
                required: false,
                fallback: 0,
                fields: ["answer": "/a/b"]
            ),
            .init(name: "style: x", type: "trace_attribute"),
        ]
        let (read, errors) = load(settings.render(hidingSecrets: false))
        #expect(errors == [])
        #expect(read == settings)
    }

    @Test func everyKeyHasAnEnvironmentName() {
        for key in SettingKey.all {
            let value = key.render(Settings())
            let (settings, errors) = load("", [key.environmentName: value])
            #expect(settings == Settings() && errors == [], "\(key.path) \(value) \(errors)")
        }
        #expect(Set(SettingKey.all.map(\.environmentName)).count == SettingKey.all.count)
    }

    @Test func anEmptyVariableSetsTheEmptyValue() {
        #expect(load("", ["DASH_REINFORCE_PAIRING_MANIFEST_POINTER": ""]).settings.pairing.manifestPointer == "")
        #expect(load("", ["DASH_REINFORCE_GRUOPS_SETTLE": "1h"]).errors.count == 1)
    }

    @Test(arguments: [
        "groups: {revisions: true}"
    ])
    func whatThisVersionCannotDoIsRefused(_ yaml: String) {
        #expect(load(yaml).errors.contains { $0.contains("not available in this version") })
    }

    @Test func aDeadlineBelowTheIdleTimeoutIsAWarning() {
        let (_, problems) = Settings.load(file: ("f", Array("groups: {deadline: 1m}".utf8)))
        #expect(problems.map(\.severity) == [.warning])
    }

    /// The page is made from the table of keys: `DASH_UPDATE_DOCS=1 swift test` writes it.
    @Test func theDocumentationIsThatOfTheKeys() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/configuration.md")
        if ProcessInfo.processInfo.environment["DASH_UPDATE_DOCS"] == "1" {
            try Data(Settings.documentation.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == Settings.documentation)
    }
}
