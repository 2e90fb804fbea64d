/// How much a line matters.
public enum LogLevel: String, Sendable, Hashable, CaseIterable, Comparable {
    case trace, debug, info, notice, warning, error

    /// By how much it matters.
    public static func < (a: LogLevel, b: LogLevel) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

/// How lines are written.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    case text, json
}

/// A value beside a message.
public enum LogValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case text(String)
    case integer(Int64)
    case number(Double)

    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Anything by its description.
    public init(_ value: some CustomStringConvertible) { self = .text(value.description) }
    /// A count.
    public init(_ value: Int) { self = .integer(Int64(value)) }
}

/// Writes structured lines. Cheap to copy; the clock and where lines go are passed in.
public struct Logger: Sendable {
    /// Lines below it are not written.
    public var level: LogLevel
    /// How lines are written.
    public var format: LogFormat
    private let now: @Sendable () -> Int64
    private let write: @Sendable ([UInt8]) -> Void
    private let secrets: [String]

    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - secrets: texts that are hidden wherever they occur in a line.
    ///   - write: gets a whole line with its end, at once.
    public init(
        level: LogLevel = .info,
        format: LogFormat = .text,
        secrets: [String] = [],
        now: @escaping @Sendable () -> Int64,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.level = level
        self.format = format
        self.secrets = secrets.filter { $0.count >= 4 }
        self.now = now
        self.write = write
    }

    /// Writes a line.
    public func log(_ level: LogLevel, _ message: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(level, message, values: values.map { ($0.key, $0.value) })
    }

    /// Writes a line with values that are not known before, in their order.
    public func log(_ level: LogLevel, _ message: String, values: [(key: String, value: LogValue)]) {
        guard level >= self.level else { return }
        let time = timestamp(now())
        var line =
            format == .json
            ? "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":\(quoted(message))"
            : "\(time) \(level.rawValue) \(plain(message))"
        for (key, value) in values {
            let text =
                switch value {
                case .integer(let number): String(number)
                case .number(let number): number.isFinite ? String(number) : quoted(String(number))
                case .text(let text): format == .text && isBare(text) ? text : quoted(text)
                }
            line += format == .json ? ",\(quoted(key)):\(text)" : " \(key)=\(text)"
        }
        if format == .json { line += "}" }
        for secret in secrets {
            line = line.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
        write(Array((line + "\n").utf8))
    }

    /// Writes a line that a user should read in any case.
    public func error(_ message: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(.error, message, values)
    }
    /// Writes a line about something that may go wrong.
    public func warning(_ message: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(.warning, message, values)
    }
    /// Writes a line about what goes on.
    public func info(_ message: String, _ values: KeyValuePairs<String, LogValue> = [:]) { log(.info, message, values) }
    /// Writes a line for whoever looks for a fault.
    public func debug(_ message: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(.debug, message, values)
    }

    private func isBare(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
    }

    /// A message that cannot begin another line or colour a terminal.
    private func plain(_ text: String) -> String { String(quoted(text).dropFirst().dropLast()) }

    private func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += format == .json ? "\\\"" : "\""
            case "\\": out += format == .json ? "\\\\" : "\\"
            case "\n": out += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || (scalar.value >= 0x80 && scalar.value < 0xA0):
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
