import Foundation
import Kafka
import KafkaTestSupport
import Settings
import Testing

@testable import Pipeline
@testable import Problems
@testable import TopicAdmin

/// Topics and checks beside a real Kafka.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RealTopicsTests {
    @Test func topicsAreMadeOnceLeftAloneAndFoundGood() throws {
        let kafka = try RealKafka.reused()
        let brokers = ["--brokers", kafka.brokers]
        let before = try Tool(arguments: ["check"] + brokers)
        #expect(before.code == 69)
        #expect(before.out.contains("topic reinforce: is not there"))
        #expect(before.out.contains("dash-reinforce topics create"))
        let made = try Tool(arguments: ["topics", "create", "--partitions", "3", "--replication", "1"] + brokers)
        #expect(made.code == 0, "\(made.error)")
        #expect(made.out.contains("created  dashstream-events: 3 partitions"))
        let again = try Tool(arguments: ["topics", "create"] + brokers)
        #expect(again.code == 0)
        #expect(again.out.contains("exists   dashstream-events: as planned"))
        #expect(!again.out.contains("created"))
        let admin = try Admin(ClientConfiguration(brokers: kafka.brokers))
        #expect(try admin.topics("dashstream-events").first?.partitions == 3)
        let other = try Tool(arguments: ["topics", "create", "--set", "batches.max_bytes=20MiB", "--json"] + brokers)
        #expect(other.code == 0)
        #expect(other.out.contains("has max.message.bytes=10551296, planned is 41943040"))
        let good = try Tool(arguments: ["check"] + brokers)
        #expect(good.code == 0, "\(good.out)")
        #expect(good.out.contains("group dash-reinforce: Read is allowed"))
        // it has left no trace
        let consumer = try Consumer(ClientConfiguration(brokers: kafka.brokers).member)
        #expect(try consumer.watermarks(TopicPartition("reinforce", 0)).high == 0)
        try admin.setConfiguration(["cleanup.policy": "compact"], ofTopic: "dashstream-events")
        for _ in 0..<100 where try admin.configuration(ofTopic: "dashstream-events")["cleanup.policy"] != "compact" {
            Thread.sleep(forTimeInterval: 0.05)
        }
        let compacted = try Tool(arguments: ["check"] + brokers)
        #expect(compacted.code == 64)
        #expect(compacted.out.contains("compaction removes events"))
    }

    /// The same with transactions, whose settings come from code here.
    @Test func whatExactlyOnceNeedsIsLookedAtWithoutFencingAnybody() throws {
        let kafka = try RealKafka(["--secure"])
        var settings = Settings()
        settings.delivery = "exactly_once"
        settings.instanceID = "one"
        let administrator = ClientConfiguration(brokers: kafka.brokers)
        _ = try TopicCreator(settings, administrator).create(partitions: 2, replication: 1)
        // an instance at work, whose transactional id the check must not take over
        let producer = try TransactionalProducer(administrator, transactionalID: "dash-reinforce-one")
        try producer.initialize()
        let findings = Check(settings, administrator, principal: "User:alice").run()
        #expect(findings.exitCode == 0, "\(findings.text(withOK: false))")
        #expect(findings.contains { $0.subject == "topic dash-reinforce-scored" && $0.message == "Delete is allowed" })
        #expect(findings.contains { $0.subject.hasPrefix("transactional ids") && $0.severity == .ok })
        let record = OutgoingRecord(topic: "reinforce", key: nil, value: [1])
        let outcome = try producer.run(Transaction([record]), group: nil) { () throws(KafkaError) in false }
        #expect(outcome == .committed)
        #expect(producer.counts.rebuilt == 0)

        var alice = ClientConfiguration(brokers: kafka.values["KAFKA_BROKERS_SASL_PLAINTEXT"] ?? "")
        alice[property: "security.protocol"] = "SASL_PLAINTEXT"
        alice[property: "sasl.mechanism"] = "PLAIN"
        alice[property: "sasl.username"] = "alice"
        alice[property: "sasl.password"] = "alice-secret"
        try kafka.tool(
            "acls",
            "--add",
            "--allow-principal",
            "User:alice",
            "--operation",
            "DescribeConfigs",
            "--topic",
            "*"
        )
        try kafka.tool("acls", "--add", "--allow-principal", "User:alice", "--operation", "Describe", "--topic", "*")
        func denied() -> Set<String> {
            let findings = Check(settings, alice, principal: "User:alice").run()
            return Set(findings.filter { $0.kind == .notAllowed }.map { "\($0.subject): \($0.message)" })
        }
        let all: Set<String> = [
            "topic dashstream-events: Read is not allowed", "topic dashstream-examples: Read is not allowed",
            "topic dash-reinforce-scored: Read is not allowed", "topic dash-reinforce-scored: Write is not allowed",
            "topic dash-reinforce-scored: Delete is not allowed",
            "topic dash-reinforce-checkpoints: Read is not allowed",
            "topic dash-reinforce-checkpoints: Write is not allowed", "topic reinforce: Write is not allowed",
            "topic dash-reinforce-dlq: Write is not allowed", "group dash-reinforce: Read is not allowed",
            "transactional ids dash-reinforce-*: Write is not allowed",
        ]
        #expect(denied() == all)
        // the commands that are printed grant what is missing
        let plan = TopicPlan(settings, existing: ["dashstream-events": 2])
        for permission in plan.permissions {
            // the topic with the most permissions stands for all: each start of the tool takes seconds
            if case .topic(let name) = permission.resource, name != settings.appID + "-scored" { continue }
            try grant(permission, kafka)
        }
        #expect(denied() == all.filter { !$0.contains("-scored") && $0.hasPrefix("topic ") })
    }

    private func grant(_ permission: Permission, _ kafka: RealKafka) throws {
        let words = permission.command(principal: "User:alice", brokers: "b:1").split(separator: " ").dropFirst(3)
        try kafka.tool(["acls"] + words.map(String.init))
    }
}

extension ClientConfiguration {
    fileprivate var member: ClientConfiguration {
        var configuration = self
        configuration[.groupID] = "reader"
        return configuration
    }
}
