/// How often a question is asked, and how long to wait in between. Pure.
public struct RetryPolicy: Sendable, Hashable {
    /// Tries after the first one.
    public var retries = 3
    /// How long a try may take, milliseconds.
    public var timeout: Int64 = 30_000
    /// How long a question may take in all, milliseconds.
    public var patience: Int64 = 600_000
    /// The pause after the first failure, milliseconds; it doubles with each further one.
    public var firstPause: Int64 = 200
    /// The longest pause, milliseconds.
    public var longestPause: Int64 = 10_000

    /// The defaults.
    public init() {}

    /// How long to wait after so many failures (from 1), milliseconds: between a half and the whole of a pause that
    /// doubles, so that many do not come back at once; never less than the service asks for, a minute at most.
    ///
    /// - Parameter random: from 0 up to 1.
    func pause(after failures: Int, retryAfter: Int64?, random: Double) -> Int64 {
        let doubled = firstPause << Int64(min(20, max(0, failures - 1)))
        let whole = max(1, min(longestPause, doubled))
        let pause = whole / 2 + Int64(Double(whole - whole / 2) * min(1, max(0, random)))
        return max(pause, min(60_000, max(0, retryAfter ?? 0)))
    }
}
