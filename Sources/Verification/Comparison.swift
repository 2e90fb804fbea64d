internal import JSON
public import Pipeline
internal import Problems
internal import Reinforce

/// Two configurations on one log: what each makes of every group.
public final class Comparison {
    private let a: ReplayOptions
    private let b: ReplayOptions
    /// False: the two sides have other examples or pairings, so that each reads the log for itself.
    public var sharesExamples = true
    /// Called now and then with records and bytes read so far, and the share of the input that is, where that is known.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double?) -> Void)?
    /// Asked now and then; true ends the work without a result.
    public var isInterrupted: (() -> Bool)?

    /// - Parameters:
    ///   - a: the one side; it names the log.
    ///   - b: the other side; its input is not looked at.
    public init(_ a: ReplayOptions, _ b: ReplayOptions) {
        self.a = a.withoutOutputs
        var other = b.withoutOutputs
        other.input = a.input
        other.range = a.range
        other.topics = a.topics
        self.b = other
    }

    /// Reads the log once where both sides lead to the same threads, else once for each; nil when interrupted.
    public func run() throws -> ComparisonReport? {
        let sides = (ComparisonSide(a), ComparisonSide(b))
        let shared = sharesExamples && a.sharesThreads(with: b) ? SharedPass(sides.0, sides.1) : nil
        guard let first = try replay(a, shared ?? sides.0) else { return nil }
        sides.0.summary = first.summary
        var problem = first.problem
        if let shared {
            shared.finish()
        } else {
            guard a.input != "-" else {
                throw PipelineProblem(
                    .usage,
                    "these two configurations lead to different threads, so the log is read twice: it must be a file"
                )
            }
            guard let second = try replay(b, sides.1) else { return nil }
            sides.1.summary = second.summary
            problem = problem ?? second.problem
        }
        return ComparisonReport(sides.0, sides.1, isOnePass: shared != nil, problem: problem)
    }

    private func replay(_ options: ReplayOptions, _ observer: any ReplayObserver) throws -> Replay.Result? {
        let replay = Replay(options)
        replay.observer = observer
        replay.onProgress = onProgress
        replay.isInterrupted = isInterrupted
        let result = try replay.run()
        return result.wasInterrupted ? nil : result
    }
}
