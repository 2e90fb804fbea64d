internal import Dispatch

/// Time and chance as a judge sees them: passed in, so that tests can say so themselves.
public protocol JudgeTime: Sendable {
    /// Milliseconds that only ever grow.
    var now: Int64 { get }
    /// From 0 up to 1.
    var random: Double { get }
    /// Calls `body` once, so many milliseconds from now, from any thread.
    func after(_ milliseconds: Int64, _ body: @escaping @Sendable () -> Void)
}

/// The system's.
public struct SystemJudgeTime: JudgeTime {
    private static let origin = ContinuousClock.now
    private static let queue = DispatchQueue(label: "judges", attributes: .concurrent)

    /// The system's.
    public init() {}

    /// Milliseconds since the first look.
    public var now: Int64 {
        let elapsed = Self.origin.duration(to: .now)
        return elapsed.components.seconds * 1000 + elapsed.components.attoseconds / 1_000_000_000_000_000
    }

    /// At random.
    public var random: Double { .random(in: 0..<1) }

    /// On a thread of the system.
    public func after(_ milliseconds: Int64, _ body: @escaping @Sendable () -> Void) {
        Self.queue.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: max(0, milliseconds))), execute: body)
    }
}
