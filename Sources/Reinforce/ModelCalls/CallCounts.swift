/// What was found of a thread's model calls, or of many threads'.
public struct CallCounts: Sendable, Hashable {
    /// All calls.
    public var calls = 0
    /// Calls by how they ended: ok, error, incomplete.
    public var statuses: [String: Int] = [:]
    /// Calls by where their tokens are from: engine, engine_ids, absent.
    public var sources: [String: Int] = [:]
    /// Calls by what is wrong with what they say.
    public var problems: [String: Int] = [:]
    /// Calls that train nothing.
    public var notTrainable = 0
    /// Requests of which only token chunks are known.
    public var streamsAlone = 0
    /// LLM_RETRY events.
    public var retries = 0
    /// LLM_RETRY events that no call was found for.
    public var retriesWithoutCall = 0
    /// Token chunks without an id that no call, or several, held.
    public var chunksWithoutCall = 0

    /// None.
    public init() {}

    /// Adds another thread's.
    public mutating func add(_ other: CallCounts) {
        guard other != CallCounts() else { return }
        calls += other.calls
        statuses.merge(other.statuses, uniquingKeysWith: +)
        sources.merge(other.sources, uniquingKeysWith: +)
        problems.merge(other.problems, uniquingKeysWith: +)
        notTrainable += other.notTrainable
        streamsAlone += other.streamsAlone
        retries += other.retries
        retriesWithoutCall += other.retriesWithoutCall
        chunksWithoutCall += other.chunksWithoutCall
    }

    mutating func count(_ requests: [ModelCall]) {
        for call in requests {
            guard call.isCall else {
                streamsAlone += 1
                continue
            }
            calls += 1
            statuses[call.status.rawValue, default: 0] += 1
            sources[call.tokenSource.rawValue, default: 0] += 1
            if let problem = call.problem { problems[problem.rawValue, default: 0] += 1 }
            if !call.isTrainable { notTrainable += 1 }
        }
    }
}
