import Arguments
import Foundation
import Kafka
import Pipeline
import Problems
import Reinforce
import Settings
import Telemetry
import TopicAdmin

/// `run`
struct RunCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        var settings = try loadSettings(parsed)
        if parsed.has("embedded"), parsed.has("brokers") {
            throw ArgumentProblem("run needs either --brokers HOST:PORT or --embedded")
        }
        if parsed.has("print-config") {
            Output.print(settings.render())
            return 0
        }
        let examples = try readExamples(settings)
        _ = try settings.makeEstimator()
        if parsed.has("check-config") {
            let count =
                examples.map { "\($0.count) examples" } ?? "examples come from topic \(settings.topics.examples)"
            Output.note("the configuration is good: \(count)\n")
            return 0
        }
        let level: LogLevel = parsed.has("quiet") ? .error : LogLevel(rawValue: settings.log.level) ?? .info
        let log = Logger.standardError(
            level: level,
            format: LogFormat(rawValue: settings.log.format) ?? .text,
            secrets: settings.secrets
        )
        let embedded = parsed.has("embedded") ? try EmbeddedBroker(for: &settings) : nil
        defer { withExtendedLifetime(embedded) {} }
        let client = settings.clientConfiguration()
        log.info(
            "starting",
            [
                "version": .init(Version.number), "librdkafka": .init(librdkafkaVersion), "swift": .init(Version.swift),
                "kafka": .init(client.redactedDescription),
            ]
        )
        let interrupt = Interrupt()
        interrupt.limit(seconds: 10) {
            log.error(
                "the brokers did not let it end within 10 s; what was not committed is read again: nothing is lost"
            )
            _exit(PipelineProblem.Kind.temporary.rawValue)
        }
        var health = try parsed.last("health-file").map(beginHealthFile)
        try WatchServer.check(settings)
        let watch = settings.http.listen.isEmpty ? nil : StreamWatch()
        let server = try watch.flatMap {
            try WatchServer.start(settings, $0, version: Version.number, swift: Version.swift, log)
        }
        defer { server?.stop() }
        do {
            let processor = try StreamProcessor(
                settings,
                examples: examples,
                client: client,
                log: log,
                isEmbedded: embedded != nil,
                watch: watch
            )
            // whoever started this program reads where to write to
            if let embedded { Output.print("\(embedded.address)\n") }
            try processor.run {
                health?.beat()
                return interrupt.isRequested
            }
        } catch let error as KafkaError {
            throw PipelineProblem(error, client)
        }
        return 0
    }

    private func beginHealthFile(_ path: String) throws -> HealthFile {
        do {
            return try HealthFile(path: path)
        } catch {
            throw PipelineProblem(.usage, "--health-file: cannot write \(path): \(error.localizedDescription)")
        }
    }

    /// The examples of the file; nil: they come from the topic, which is read later.
    private func readExamples(_ settings: Settings) throws -> ExampleTable? {
        if settings.examples.file.isEmpty, !settings.topics.examples.isEmpty { return nil }
        return try settings.readExamples()
    }
}
