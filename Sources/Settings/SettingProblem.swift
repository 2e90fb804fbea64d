/// Something wrong with a configuration.
public struct SettingProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: Sendable, Hashable {
        /// The configuration can be used.
        case warning
        /// It cannot be used.
        case error
    }

    /// How bad it is.
    public let severity: Severity
    /// The key.
    public let path: String
    /// Where the key was given, as `dash-reinforce.yaml line 3` or `--set`; empty: nowhere.
    public internal(set) var origin: String
    /// What is wrong.
    public let message: String

    /// A problem of the value of a key.
    ///
    /// - Parameters:
    ///   - path: the key.
    ///   - message: what is wrong, continuing "`key` …".
    public init(_ path: String, _ message: String, severity: Severity = .error) {
        self.init(path, "", message, severity: severity)
    }

    init(_ path: String, _ origin: String, _ message: String, severity: Severity = .error) {
        self.path = path
        self.origin = origin
        self.message = message
        self.severity = severity
    }

    /// One line.
    public var description: String {
        let place = origin.isEmpty ? "" : "\(origin): "
        return place + (path.isEmpty ? "" : "`\(path)` ") + message
    }
}
