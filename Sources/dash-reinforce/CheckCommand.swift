import Arguments
import Kafka
import Pipeline
import Problems
import Settings
import Telemetry
import TopicAdmin

/// `check`
struct CheckCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        if let path = parsed.last("health-file") {
            if let problem = HealthFile.problem(path: path) { throw PipelineProblem(.temporary, problem) }
            if !parsed.has("quiet") { Output.print("\(path): the process is at work\n") }
            return 0
        }
        let settings = try loadSettings(parsed)
        // the findings say what librdkafka reports; its own lines are only for log.level debug
        let isWanted = settings.log.level == "debug" || settings.log.level == "trace"
        let log = Logger.standardError(
            level: isWanted ? LogLevel(rawValue: settings.log.level) ?? .debug : .error,
            format: LogFormat(rawValue: settings.log.format) ?? .text,
            secrets: settings.secrets
        )
        let client = settings.clientConfiguration()
        log.debug("checking", ["kafka": .init(client.redactedDescription)])
        let check = Check(
            settings,
            client,
            principal: parsed.last("principal") ?? settings.principal
        ) { line in
            log.debug(line.message, ["from": .init("librdkafka/\(line.facility)")])
        }
        let findings = check.run()
        Output.print(parsed.has("json") ? findings.json : findings.text(withOK: !parsed.has("quiet")))
        return findings.exitCode
    }
}
