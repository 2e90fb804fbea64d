internal import Foundation

/// What time it is: passed in, so that tests can say so themselves.
public protocol LiveClock: Sendable {
    /// Milliseconds that only ever grow.
    var milliseconds: Int64 { get }
    /// Milliseconds since 1970.
    var wallMilliseconds: Int64 { get }
}

/// The system's clocks.
public struct SystemClock: LiveClock {
    private let start = ContinuousClock.now

    /// The clocks.
    public init() {}

    /// Milliseconds since this clock was made.
    public var milliseconds: Int64 {
        let elapsed = ContinuousClock.now - start
        return elapsed.components.seconds * 1000 + elapsed.components.attoseconds / 1_000_000_000_000_000
    }

    /// Milliseconds that only ever grow: sessions of a group end by real time, whatever clock the stream is told.
    static var uptime: Int64 {
        let elapsed = origin.duration(to: .now)
        return elapsed.components.seconds * 1000 + elapsed.components.attoseconds / 1_000_000_000_000_000
    }
    private static let origin = ContinuousClock.now

    /// Milliseconds since 1970.
    public var wallMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
