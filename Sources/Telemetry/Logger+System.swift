internal import Foundation

extension Logger {
    /// A logger that writes to stderr, a line in one call, with the system's clock.
    public static func standardError(
        level: LogLevel = .info,
        format: LogFormat = .text,
        secrets: [String] = []
    ) -> Logger {
        Logger(level: level, format: format, secrets: secrets) {
            Int64(Date().timeIntervalSince1970 * 1000)
        } write: { line in
            try? FileHandle.standardError.write(contentsOf: line)
        }
    }

    /// A logger that says nothing.
    public static var silent: Logger { Logger(level: .error, now: { 0 }, write: { _ in }) }
}
