/// Something wrong with a configuration.
public struct SettingProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: Sendable, Hashable {
        /// It can be worked with.
        case warning
        /// It cannot.
        case error
    }

    /// How bad it is.
    public let severity: Severity
    /// The key.
    public let path: String
    /// Where it was said, as `dash-reinforce.yaml line 3` or `--set`.
    public let origin: String
    /// What is wrong.
    public let message: String

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
