internal import Files
internal import JSON
public import Pipeline
internal import Reinforce
public import Settings
public import StoredBatches

/// Proves that batches come from a log: recomputes every group and compares it with what was written.
public final class Verification {
    private let options: ReplayOptions
    private let source: BatchSource
    private let settings: Settings
    /// Called now and then with records and bytes read so far, and the share of the input that is, where that is known.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double?) -> Void)?
    /// Asked now and then; true ends the work without a result.
    public var isInterrupted: (() -> Bool)?

    /// - Parameters:
    ///   - options: the log, and the rules the batches were made by; outputs are ignored.
    ///   - source: the batches.
    ///   - settings: where the brokers are, when batches lie on a topic.
    public init(_ options: ReplayOptions, batches source: BatchSource, settings: Settings) {
        self.options = options
        self.source = source
        self.settings = settings
    }

    /// Recomputes and compares; nil when interrupted.
    ///
    /// - Throws: what a replay throws, and ``PipelineProblem`` where batches cannot be read at all.
    public func run() throws -> VerificationReport? {
        guard let recomputed = try recompute() else { return nil }
        return try check(against: recomputed)
    }

    /// What the log gives; nil when interrupted.
    func recompute() throws -> RecomputedGroups? {
        let groups = GroupCollector()
        let replay = Replay(options.withoutOutputs)
        replay.observer = groups
        replay.onProgress = onProgress
        replay.isInterrupted = isInterrupted
        let result = try replay.run()
        groups.recomputed.problem = result.problem
        return result.wasInterrupted ? nil : groups.recomputed
    }

    /// Compares every batch with what the log gives.
    func check(against recomputed: RecomputedGroups) throws -> VerificationReport {
        var check = BatchCheck(options, recomputed, isBounded: source.isBounded)
        let cut = try source.forEach(settings) { place, bytes in check.receive(bytes, place) }
        if let cut { check.note(Difference(.cut, "", cut)) }
        return check.finish()
    }
}

/// What a log gives, by group.
struct RecomputedGroups: Sendable {
    /// Groups that are written.
    var written: [GroupKey: DecidedGroup] = [:]
    /// Why the others are not.
    var dropped: [GroupKey: String] = [:]
    /// The topics it came from, by their numbers.
    var topics: [Text] = []
    /// The log was not whole.
    var problem: InputError?
}

/// Keeps what a replay decides.
private final class GroupCollector: ReplayObserver {
    var recomputed = RecomputedGroups()

    func began(topics: [Text]) { recomputed.topics = topics }

    func ended(_ group: DecidedGroup, _ reason: ExclusionReason?) {
        if group.status == .ok, reason == nil {
            recomputed.written[group.key] = group
        } else {
            recomputed.dropped[group.key] = reason?.rawValue ?? group.status.rawValue
        }
    }
}
