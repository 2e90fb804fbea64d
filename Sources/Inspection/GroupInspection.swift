internal import JSON
public import Pipeline
public import Reinforce

/// Finds one group, or one thread's fate, by replaying the whole log.
public final class GroupInspection {
    private let options: ReplayOptions
    /// Called now and then with records and bytes read so far, and the share of the input that is, where that is known.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double?) -> Void)?
    /// Asked now and then; true ends the work without a result.
    public var isInterrupted: (() -> Bool)?

    /// - Parameter options: the log and the rules; outputs are ignored.
    public init(_ options: ReplayOptions) {
        self.options = options.withoutOutputs
    }

    /// Every group of that id, one for each tenant that has it; nil when interrupted.
    public func groups(_ id: String, tenant: String? = nil) throws -> [GroupReport]? {
        let found = Finder { key, group in
            group?.group.string == id && (tenant == nil || key.tenant.string == tenant)
        }
        guard try run(found) else { return nil }
        let renderer = options.wholeRules(topics: found.topics).renderer
        var tenants = Set(found.groups.keys.map(\.tenant))
        for entry in found.entries { tenants.insert(entry.key.tenant) }
        return tenants.sorted().map { tenant in
            let key = GroupKey(tenant: tenant, group: Text(id))
            let ended = found.groups[key]
            let entries = found.entries.filter { $0.key.tenant == tenant }
                .sorted { ($0.pairing?.rolloutIndex ?? 0, $0.key) < ($1.pairing?.rolloutIndex ?? 0, $1.key) }
            return GroupReport(
                key: key,
                status: ended.map { $0.reason?.rawValue ?? $0.group.status.rawValue },
                rendered: ended.map { renderer.render($0.group).body },
                entries: entries,
                estimator: options.estimator.preset
            )
        }
    }

    /// What becomes of a thread, one line for each tenant that has it; nil when interrupted.
    public func fates(ofThread id: String) throws -> [LedgerEntry]? {
        let found = Finder { key, _ in key.thread.string == id }
        return try run(found) ? found.entries : nil
    }

    private func run(_ observer: Finder) throws -> Bool {
        let replay = Replay(options)
        replay.observer = observer
        replay.onProgress = onProgress
        replay.isInterrupted = isInterrupted
        let result = try replay.run()
        if let problem = result.problem { throw problem }
        return !result.wasInterrupted
    }

    private final class Finder: ReplayObserver {
        private let isWanted: (ThreadKey, GroupKey?) -> Bool
        private(set) var groups: [GroupKey: (group: DecidedGroup, reason: ExclusionReason?)] = [:]
        private(set) var entries: [LedgerEntry] = []

        private(set) var topics: [Text] = []

        func began(topics: [Text]) { self.topics = topics }

        init(_ isWanted: @escaping (ThreadKey, GroupKey?) -> Bool) { self.isWanted = isWanted }

        func ended(_ group: DecidedGroup, _ reason: ExclusionReason?) {
            if isWanted(ThreadKey(tenant: group.key.tenant, thread: ""), group.key) {
                groups[group.key] = (group, reason)
            }
        }

        func ended(_ entry: LedgerEntry) {
            let group = entry.pairing.map { GroupKey(tenant: entry.key.tenant, group: $0.groupID) }
            if isWanted(entry.key, group) { entries.append(entry) }
        }
    }
}
