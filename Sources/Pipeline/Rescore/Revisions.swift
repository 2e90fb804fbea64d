internal import DashStream
internal import JSON
internal import Problems
public import Reinforce
public import Settings
public import StoredBatches

/// What an earlier run left to be done again: threads whose reward was missing or invalid, or was said otherwise after they
/// were scored; everything else as it was.
public struct Revisions: Sendable {
    /// What was found of the threads that are not scored again.
    public let scores: [ThreadKey: EarlierScore]
    /// Threads that are scored again.
    public let redone: Set<ThreadKey>
    private let written: [GroupKey: Written]

    private struct Written: Sendable {
        var revision: Int
        var digest: String
    }

    /// Reasons that concern a thread's reward: it is scored again.
    private static let failures: Set<ExclusionReason> = [.rewardMissing, .rewardInvalid]
    /// Reasons that lie in the thread itself: they stand.
    private static let own: Set<ExclusionReason> = [.incomplete, .noState, .stateUnverified]

    /// Reads an earlier run's ledger and, where there are any, its batches.
    ///
    /// - Parameters:
    ///   - ledger: a line a thread.
    ///   - batches: what was written; nil: not known.
    ///   - settings: where the brokers are, when batches lie on a topic.
    ///   - isCorrected: something else was said of a thread after it was scored.
    /// - Throws: ``PipelineProblem`` with every line that is wrong, and every group whose digest would be needed.
    public static func read(
        ledger path: String,
        batches: BatchSource?,
        settings: Settings,
        isCorrected: @escaping (ThreadKey) -> Bool = { _ in false }
    ) throws -> Revisions {
        var ledger = EarlierLedger(isCorrected: isCorrected)
        let cut = try BatchSource.forEachLine(of: path) { line, bytes in
            ledger.receive(bytes, "\(path) line \(line)")
        }
        if let cut { ledger.problems.append(cut) }
        var written: [GroupKey: Written] = [:]
        let cutBatches = try batches?.forEach(settings) { place, bytes in
            let batch: StoredBatch
            do { batch = try StoredBatch(bytes, place) } catch {
                ledger.problems.append("\(place) of the batches is no batch: \(error)")
                return
            }
            for group in batch.groups where group.revision >= written[group.key]?.revision ?? 0 {
                written[group.key] = Written(revision: Int(clamping: group.revision), digest: group.digest)
            }
        }
        if let cutBatches { ledger.problems.append(cutBatches) }
        let unknown = ledger.groupsToRevise.filter { written[$0] == nil }.sorted()
        if !unknown.isEmpty {
            let names = unknown.prefix(5).map(\.group.string).joined(separator: ", ")
            ledger.problems.append(
                "\(unknown.count) groups with failed or late rewards were written before (\(names)"
                    + (unknown.count > 5 ? ", …" : "")
                    + "): give the earlier batches by --batches, so that a revision can name what it supersedes"
            )
        }
        guard ledger.problems.isEmpty else {
            throw PipelineProblem(.data, ledger.problems.joined(separator: "\n"))
        }
        return Revisions(scores: ledger.scores, redone: ledger.failed, written: written)
    }

    /// A group as it is written now; nil where none of its failed or late rewards has come.
    func revise(_ group: DecidedGroup) -> DecidedGroup? {
        guard group.members.contains(where: { $0.votes && redone.contains($0.rollout.key) }) else { return nil }
        guard let before = written[group.key] else { return group }
        return group.revised(before.revision.saturatingPlus(1), superseding: before.digest)
    }

    /// What an earlier ledger says.
    private struct EarlierLedger {
        let isCorrected: (ThreadKey) -> Bool
        var scores: [ThreadKey: EarlierScore] = [:]
        var failed: Set<ThreadKey> = []
        var problems: [String] = []
        /// Groups that were written, and those with a failed or a late reward.
        private var emitted: Set<GroupKey> = []
        private var lacking: Set<GroupKey> = []

        /// Groups that were written although a reward was missing or came otherwise later.
        var groupsToRevise: Set<GroupKey> { emitted.intersection(lacking) }

        init(isCorrected: @escaping (ThreadKey) -> Bool) { self.isCorrected = isCorrected }

        mutating func receive(_ bytes: [UInt8], _ place: String) {
            let parsed = try? JSONValue(parsing: bytes)
            // of a late reward the reward records tell
            if parsed?["late_reward"] != nil, parsed?["fate"] == nil { return }
            guard let line = parsed, let tenant = line["tenant_id"]?.asText,
                let thread = line["thread_id"]?.asText,
                let fate = line["fate"]?.asText.flatMap({ Fate(rawValue: $0.string) })
            else { return problems.append("\(place) is no line of a ledger") }
            let key = ThreadKey(tenant: tenant, thread: thread)
            let reason = line["reason"]?.asText.flatMap { ExclusionReason(rawValue: $0.string) }
            let group = line["group_id"]?.asText.map { GroupKey(tenant: tenant, group: $0) }
            if let group, fate == .trained || fate == .voted { emitted.insert(group) }
            let isOwn = reason.map(Revisions.own.contains) ?? false
            if reason.map(Revisions.failures.contains) ?? false || (!isOwn && isCorrected(key)) {
                failed.insert(key)
                if let group { lacking.insert(group) }
                return
            }
            var values: [Text: Double] = [:]
            for entry in line["rewards"]?.entries ?? [] { values[entry.key] = entry.value.asNumber }
            scores[key] = EarlierScore(
                reward: line["reward"]?.asNumber,
                values: values,
                exclusion: isOwn ? reason : nil
            )
        }
    }
}

extension ReplayOptions {
    /// Scores again only what `revisions` names, and writes only the groups that change by it.
    public mutating func redo(_ revisions: Revisions) {
        self.revisions = revisions
        stage.earlierScores = revisions.scores
        // what came too late then is in time now
        stage.rewardRecords.prefersLatest = true
    }
}
