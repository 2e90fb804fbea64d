import Foundation
import Kafka
import KafkaTestSupport
import Testing

@testable import Pipeline
@testable import TopicAdmin

/// Logging in to a real Kafka, what is said where that is refused, and what is never said.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct SecurityTests {
    /// A configuration file, removed with the object.
    final class File {
        let path = FileManager.default.temporaryDirectory.appending(path: "dash-\(UUID().uuidString)").path
        init(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private static func sasl(
        _ kafka: RealKafka,
        _ mechanism: String,
        tls: Bool,
        password: String = "alice-secret",
        more: String = ""
    ) throws -> File {
        let listener = tls ? "SASL_SSL" : "SASL_PLAINTEXT"
        return try File(
            """
            kafka:
              brokers: \(kafka.values["KAFKA_BROKERS_" + listener] ?? "")
              security.protocol: \(listener)
              sasl.mechanism: \(mechanism)
              sasl.username: alice
              sasl.password: \(password)
              \(tls ? "ssl.ca.location: \(kafka.values["KAFKA_TLS"] ?? "")/ca.pem" : "")
              \(more)

            """
        )
    }

    private static func check(_ file: File) throws -> Tool { try Tool("check", "--config", file.path) }

    @Test func whoLogsInIsToldWhatIsMissingAndWhoIsRefusedWhy() throws {
        let kafka = try RealKafka(["--secure"])
        let made = try Tool("topics", "create", "--brokers", kafka.brokers, "--partitions", "2")
        #expect(made.code == 0, "\(made.error)")
        for tls in [false, true] {
            let known = try Self.check(Self.sasl(kafka, "PLAIN", tls: tls))
            #expect(known.code == 77)
            #expect(known.out.contains("ok       brokers: "), "\(known.out)")
            #expect(known.out.contains("topic dashstream-events: Describe is not allowed"))
            let refused = try Self.check(Self.sasl(kafka, "PLAIN", tls: tls, password: "wrong-secret"))
            #expect(refused.code == 77)
            #expect(refused.out.contains("refuses our credentials"), "\(refused.out)")
            for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
                let scram = try Self.check(Self.sasl(kafka, mechanism, tls: tls))
                #expect(scram.code == 77)
                if Check.cannotUseSCRAM(librdkafkaVersion) {
                    #expect(scram.out.contains("cannot log in with SCRAM there"), "\(scram.out)")
                    #expect(scram.out.contains("2.6.1"))
                } else {
                    #expect(scram.out.contains("ok       brokers: "), "\(scram.out)")
                }
            }
        }
        try certificates(kafka)
        try permissions(kafka)
    }

    private func certificates(_ kafka: RealKafka) throws {
        let folder = kafka.values["KAFKA_TLS"] ?? ""
        let brokers = "kafka: {brokers: '\(kafka.values["KAFKA_BROKERS_SSL"] ?? "")', security.protocol: SSL, "
        let own = "ssl.certificate.location: \(folder)/client.pem, ssl.key.location: \(folder)/client.key"
        let good = try Self.check(File(brokers + "ssl.ca.location: \(folder)/ca.pem, \(own)}\n"))
        #expect(good.out.contains("ok       brokers: "), "\(good.out)")
        let nobody = try Self.check(File(brokers + "ssl.ca.location: \(folder)/ca.pem}\n"))
        #expect(nobody.code == 69)
        let untrusted = try Self.check(File(brokers + own + "}\n"))
        #expect(untrusted.code == 69)
        #expect(untrusted.out.contains("no TLS connection"), "\(untrusted.out)")
    }

    /// What `run` says where the broker does not let it.
    private func permissions(_ kafka: RealKafka) throws {
        let examples = try File(
            (1...4).map { #"{"example_id":"\#($0)","data":{"q":"x","a":"y"},"input_keys":["q"]}"# }
                .joined(separator: "\n")
        )
        let file = try Self.sasl(kafka, "PLAIN", tls: false)
        func run() throws -> Tool { try Tool("run", "--config", file.path, "--examples", examples.path) }
        let forbidden = try run()
        #expect(forbidden.code == 77)
        #expect(forbidden.error.contains("topic dashstream-events"), "\(forbidden.error)")
        #expect(forbidden.error.contains("dash-reinforce check"))
        func allow(_ arguments: String...) throws {
            try kafka.tool(["acls", "--add", "--allow-principal", "User:alice"] + arguments)
        }
        try allow("--operation", "Read", "--operation", "DescribeConfigs", "--topic", "*")
        let noTransactions = try run()
        #expect(noTransactions.code == 77)
        #expect(noTransactions.error.contains("TRANSACTIONAL_ID_AUTHORIZATION_FAILED"), "\(noTransactions.error)")
        try allow("--operation", "Write", "--operation", "Describe", "--transactional-id", "*")
        let noGroup = try run()
        #expect(noGroup.code == 77)
        #expect(noGroup.error.contains("GROUP_AUTHORIZATION_FAILED"), "\(noGroup.error)")
        #expect(noGroup.error.contains("dash-reinforce check"))
        // said, and not tried again and again
        #expect(noGroup.error.split(separator: "\n").count < 20, "\(noGroup.error)")
        try allow("--operation", "Read", "--group", "*")
        let noTopic = try run()
        #expect(noTopic.code == 77)
        #expect(noTopic.error.contains("TOPIC_AUTHORIZATION_FAILED"), "\(noTopic.error)")
        #expect(noTopic.error.contains("dash-reinforce check"))
    }

    @Test func theOlderBrokerTakesEveryMechanism() throws {
        let kafka = try RealKafka(["--secure", "--version", "3.9"])
        for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
            let file = try Self.sasl(kafka, mechanism, tls: mechanism != "PLAIN")
            let known = try Self.check(file)
            #expect(known.out.contains("ok       brokers: "), "\(known.out)")
        }
    }

    @Test func secretsAreInNoOutput() throws {
        let kafka = try RealKafka(["--secure"])
        let planted = ["alice-secret", "planted-wrong-secret", "planted-key-password", "planted-oauth-secret"]
        let examples = try File(
            (1...4).map { #"{"example_id":"\#($0)","data":{"q":"x","a":"y"},"input_keys":["q"]}"# }
                .joined(separator: "\n")
        )
        var outputs: [String] = []
        // Debian's librdkafka does not know the last one, and says so
        let files = [
            try Self.sasl(kafka, "PLAIN", tls: true), try Self.sasl(kafka, "PLAIN", tls: true, password: planted[1]),
            try Self.sasl(kafka, "PLAIN", tls: true, more: "sasl.oauthbearer.client.secret: \(planted[3])"),
        ]
        for file in files {
            let base = ["--config", file.path, "--set", "log.level=debug", "--set", "kafka.debug=all"]
            let environment = ["KAFKA_SSL_KEY_PASSWORD": planted[2]]
            let run = base + ["--examples", examples.path]
            for arguments in [
                ["check"] + base, ["check", "--json"] + base, ["run"] + run, ["run", "--print-config"] + run,
                ["topics", "create"] + base, ["topics", "plan"] + base,
            ] {
                let tool = try Tool(arguments: arguments, environment: environment)
                outputs.append(tool.out + tool.error)
            }
        }
        #expect(outputs.contains { $0.contains("debug") && $0.count > 2000 }, "there was something to search")
        for secret in planted {
            for output in outputs {
                #expect(!output.contains(secret), "\(output.prefix(300))")
            }
        }
    }
}
