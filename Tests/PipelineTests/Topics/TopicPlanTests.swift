import Kafka
import Settings
import Testing

@testable import Pipeline
@testable import Problems
@testable import TopicAdmin

/// What settings ask for, and what is said about topics that are otherwise.
@Suite struct TopicPlanTests {
    private func settings(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
        var settings = Settings()
        settings.delivery = "exactly_once"
        change(&settings)
        return settings
    }

    private func topic(_ role: PlannedTopic.Role, _ settings: Settings) -> PlannedTopic? {
        TopicPlan(settings).topics.first { $0.role == role }
    }

    @Test func internalTopicsAreNamedAfterTheApplication() {
        let plan = TopicPlan(settings { $0.appID = "app" })
        #expect(
            plan.topics.map(\.name) == [
                "dashstream-events", "dashstream-examples", "reinforce", "app-scored", "app-checkpoints", "app-dlq",
            ]
        )
        let named = TopicPlan(settings { $0.topics.scored = "s" })
        #expect(named.topics.contains { $0.name == "s" && $0.role == .scored })
    }

    @Test func streamsThatAreOffHaveNoTopic() {
        let plan = TopicPlan(
            settings {
                $0.examples.file = "examples.jsonl"
            }
        )
        #expect(Set(plan.topics.map(\.role)) == [.events, .output, .scored, .checkpoints, .dlq])
        let all = TopicPlan(
            settings {
                $0.topics.rollouts = "r"
                $0.topics.rewards = "w"
                $0.topics.policy = "p"
                $0.topics.ledger = "l"
                $0.topics.demand = "d"
                $0.instantLoop.enabled = true
            }
        )
        #expect(Set(all.topics.map(\.role)) == Set(PlannedTopic.Role.allCases))
    }

    @Test func pairingsAndRolloutsFollowThePartitionsOfTheEvents() {
        let settings = settings {
            $0.topics.events = ["a", "b"]
            $0.topics.rollouts = "r"
        }
        let plan = TopicPlan(settings, partitions: 6, existing: ["a": 4])
        let counts = Dictionary(plan.topics.map { ($0.name, $0.partitions) }) { $1 }
        #expect(counts["a"] == 4)
        #expect(counts["b"] == 6)
        #expect(counts["r"] == 4)
        #expect(counts["dash-reinforce-scored"] == 6)
        #expect(counts["dash-reinforce-checkpoints"] == 1)
        var fixed = settings
        fixed.topics.scoredPartitions = 9
        #expect(topic(.scored, fixed)?.partitions == 9)
    }

    @Test func limitsDecideTheSizes() {
        let settings = settings {
            $0.batches.maxBytes = 20 << 20
            $0.limits.maxFrameBytes = 1 << 20
        }
        #expect(topic(.events, settings)?.configuration["max.message.bytes"] == "1114112")
        #expect(topic(.output, settings)?.configuration["max.message.bytes"] == "41943040")
        #expect(topic(.scored, settings)?.configuration["retention.ms"] == "-1")
        #expect(topic(.checkpoints, settings)?.configuration == ["cleanup.policy": "compact"])
    }

    @Test func thePermissionsAreThoseThatAreUsedAndNoMore() {
        let plan = TopicPlan(settings { $0.appID = "app" })
        let commands = plan.permissions.map { $0.command(principal: "User:t", brokers: "b:1") }
        let p = "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:t "
        #expect(commands.contains(p + "--operation Read --operation DescribeConfigs --topic dashstream-events"))
        #expect(commands.contains(p + "--operation Write --operation DescribeConfigs --topic reinforce"))
        #expect(
            commands.contains(
                p + "--operation Read --operation Write --operation Delete --operation DescribeConfigs "
                    + "--topic app-scored"
            )
        )
        #expect(commands.contains(p + "--operation Read --group app"))
        #expect(commands.contains(p + "--operation Write --resource-pattern-type prefixed --transactional-id app-"))
        let plain = TopicPlan(settings { $0.delivery = "at_least_once" })
        #expect(!plain.permissions.contains { if case .transactionalIDs = $0.resource { true } else { false } })
    }

    @Test func namesAreQuotedForTheShell() {
        #expect(shellQuoted("a.b_c-1") == "a.b_c-1")
        #expect(shellQuoted("a b;rm") == "'a b;rm'")
        #expect(shellQuoted("it's") == "'it'\\''s'")
        #expect(shellQuoted("") == "''")
    }

    @Test func theUserThatLogsInIsTheOneThatIsGranted() {
        #expect(settings().principal == "User:dash-reinforce")
        #expect(settings { $0.kafka.properties = ["sasl.username=alice"] }.principal == "User:alice")
    }

    private func judge(
        _ role: PlannedTopic.Role,
        _ actual: [String: String],
        partitions: Int32 = 12,
        _ change: (inout Settings) -> Void = { _ in }
    ) -> [Finding] {
        let settings = settings(change)
        guard let topic = topic(role, settings) else { return [] }
        return Check(settings, ClientConfiguration(brokers: "b:1"), principal: "User:t")
            .judge(topic, partitions, actual)
    }

    @Test func compactionOfEventsIsRefused() {
        for policy in ["compact", "compact,delete"] {
            let findings = judge(.events, ["cleanup.policy": policy])
            #expect(findings.exitCode == 64)
            #expect(findings.first?.message.contains("compact") == true)
            #expect(findings.first?.advice.contains("cleanup.policy=delete") == true)
        }
        #expect(judge(.events, ["cleanup.policy": "delete"]).isEmpty)
        #expect(judge(.scored, ["cleanup.policy": "compact"]).exitCode == 64)
    }

    @Test func checkpointsMustBeKept() {
        #expect(judge(.checkpoints, ["cleanup.policy": "delete"], partitions: 1).exitCode == 64)
        #expect(judge(.examples, ["cleanup.policy": "delete"], partitions: 1).first?.severity == .warning)
        #expect(judge(.checkpoints, ["cleanup.policy": "compact", "max.message.bytes": "999999"]).exitCode == 64)
    }

    @Test func shortRetentionIsWarnedOf() {
        let findings = judge(.events, ["retention.ms": "3600000"])
        #expect(findings.first?.severity == .warning)
        #expect(findings.first?.advice.contains("172800000") == true)
        #expect(findings.exitCode == 0)
        #expect(judge(.events, ["retention.ms": "-1"]).isEmpty)
        #expect(judge(.scored, ["retention.ms": "604800000"]).first?.severity == .warning)
    }

    @Test func aTopicThatCannotHoldABatchIsRefused() {
        #expect(judge(.output, ["max.message.bytes": "500000"]).exitCode == 64)
        #expect(judge(.output, ["max.message.bytes": "1048588"]).isEmpty)
        #expect(judge(.events, ["max.message.bytes": "99999999"]).first?.severity == .warning)
    }

    @Test func partitionsThatWouldTearKeysApartAreRefused() {
        #expect(judge(.scored, [:], partitions: 3).exitCode == 64)
        #expect(judge(.rollouts, [:], partitions: 3) { $0.topics.rollouts = "r" }.exitCode == 64)
        #expect(judge(.output, [:], partitions: 3).isEmpty)
        let settings = settings {
            $0.topics.events = ["a", "b"]
            $0.topics.rollouts = "r"
        }
        let check = Check(settings, ClientConfiguration(brokers: "b:1"), principal: "User:t")
        #expect(check.relations(TopicPlan(settings), ["a": 3, "b": 4]).exitCode == 64)
        #expect(check.relations(TopicPlan(settings), ["a": 3, "b": 3]).isEmpty)
    }

    /// Settings that no configuration was loaded for are looked at as well.
    @Test func aCheckFindsRolesThatNameOneTopic() {
        let settings = settings { $0.topics.dlq = "dashstream-events" }
        let findings = Check(settings, ClientConfiguration(brokers: "b:1"), principal: "User:t").clashes
        #expect(findings.map(\.subject) == ["topics.dlq"])
        #expect(findings.exitCode == 64)
        #expect(findings.first?.advice == "name another topic in `topics.dlq` or `topics.events`")
    }

    @Test func whatIsForbiddenDecidesTheExitCodeBeforeTheRest() {
        let forbidden = Finding.error(.notAllowed, "a", "b", "")
        let missing = Finding.error(.unavailable, "a", "b", "")
        let wrong = Finding.error(.usage, "a", "b", "")
        #expect([Finding]().exitCode == 0)
        #expect([.ok("a", "b"), .warning("a", "b", "c")].exitCode == 0)
        #expect([wrong, missing, forbidden].exitCode == 77)
        #expect([wrong, missing].exitCode == 69)
        #expect([wrong].exitCode == 64)
        #expect(
            [wrong].json == #"{"exit":64,"findings":[{"severity":"error","subject":"a","message":"b","advice":""}]}"#
                + "\n"
        )
        #expect([.ok("a", "b"), .warning("c", "d", "e")].text(withOK: false) == "warning  c: d\n         → e\n")
    }

    @Test(arguments: [("2.0.2", true), ("2.6.0", true), ("2.6.1", false), ("2.16.0", false), ("1.9.2-dirty", true)])
    func librariesThatCannotUseSCRAMAreKnown(_ version: String, _ cannot: Bool) {
        #expect(Check.cannotUseSCRAM(version) == cannot)
    }
}
