internal import Kafka
internal import Telemetry

extension Logger {
    /// librdkafka's own lines as ours.
    var forKafka: @Sendable (LogLine) -> Void {
        { line in
            let level: LogLevel = line.level <= 3 ? .warning : line.level <= 5 ? .info : .debug
            log(level, line.message, ["from": .init("librdkafka/\(line.facility)")])
        }
    }
}
