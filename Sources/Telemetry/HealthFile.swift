internal import Foundation

/// A file that says when this very process last did a turn of its work: what a container's health check looks at.
///
/// It holds the time in milliseconds since 1970. It says that the process is not stuck, and nothing of the brokers.
public struct HealthFile {
    /// A turn may take this long (milliseconds); what stands for longer is not healthy.
    public static let patience: Int64 = 60_000
    private let url: URL
    private var last: Int64?

    /// Begins with an empty file, so that nothing is left of an earlier life.
    ///
    /// - Throws: `CocoaError` where the file cannot be written.
    public init(path: String) throws {
        url = URL(filePath: path)
        try Data().write(to: url, options: .atomic)
    }

    /// Notes a turn, once a second at most. A disk that is full leaves the file as it is: it becomes too old by itself.
    ///
    /// - Parameter now: milliseconds since 1970.
    public mutating func beat(now: Int64 = HealthFile.now) {
        // a clock that was set back does not keep it silent
        if let last, last <= now, now &- last < 1000 { return }
        last = now
        try? Data("\(now)\n".utf8).write(to: url, options: .atomic)
    }

    /// What is wrong with the process that writes this file, and what to look at; nil: nothing.
    public static func problem(path: String, now: Int64 = HealthFile.now) -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            return "\(path): no such file; was `run` started with --health-file \(path)?"
        }
        let text = String(decoding: data, as: UTF8.self)
        if text.isEmpty { return "\(path): the process has started and has not done a first turn yet" }
        guard let time = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            return "\(path): this is not a file that `run --health-file` wrote"
        }
        let (age, overflow) = now.subtractingReportingOverflow(time)
        guard overflow || age > patience else { return nil }
        let ago = overflow ? "long ago" : "\(age / 1000) s ago"
        return "\(path): the last turn was \(ago); the log tells what it waits for"
    }

    /// The system's time, in milliseconds since 1970.
    public static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
