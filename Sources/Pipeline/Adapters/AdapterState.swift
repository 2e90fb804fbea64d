internal import InstantLearning
internal import JSON
internal import Reinforce

/// One tenant's and route's adapter: what waits, what was learnt, when it was published.
final class AdapterState {
    private struct Waiting {
        let trajectory: QueryTrajectory
        let baseline: Float?
    }

    private let key: AdapterKey
    let loop: InstantLoop
    var learnt: LearntGroups
    /// First offsets, per partition, of what is in no published adapter.
    private(set) var unpublished: [Int32: Int64] = [:]
    private var waiting: [Waiting] = []
    /// When something was first learnt that is not published.
    private var since: Int64?
    private var publishedUpdates: Int

    init(_ key: AdapterKey, _ loop: InstantLoop, _ learnt: LearntGroups) {
        self.key = key
        self.loop = loop
        self.learnt = learnt
        publishedUpdates = loop.adapter.updates
    }

    func take(
        _ members: [DecidedGroup.Member],
        _ baseline: Float?,
        _ counts: inout AdapterCounts
    ) {
        for member in members {
            wait(Waiting(trajectory: trajectory(member.rollout), baseline: baseline), &counts)
        }
    }

    /// Remembers that a group was taken, and where its records stand.
    func note(_ group: UInt64, _ positions: [Int32: ClosedRange<Int64>]) {
        learnt.insert(group, positions.mapValues(\.upperBound))
        unpublished.merge(positions.mapValues(\.lowerBound)) { min($0, $1) }
    }

    private func wait(_ item: Waiting, _ counts: inout AdapterCounts) {
        counts.taken += 1
        if waiting.count >= loop.configuration.bufferCapacity {
            counts.dropped += 1
            guard loop.configuration.overflow == .dropOldest else { return }
            waiting.removeFirst()
            counts.waiting -= 1
        }
        waiting.append(item)
        counts.waiting += 1
    }

    private func trajectory(_ rollout: Rollout) -> QueryTrajectory {
        let vectors = rollout.learning
        let rewards = rollout.stepRewards
        let nodes = vectors?.nodes ?? []
        return QueryTrajectory(
            id: loop.nextID(),
            queryEmbedding: vectors?.queryEmbedding ?? [],
            steps: nodes.indices.map {
                TrajectoryStep(activations: nodes[$0].activations, reward: Float(rewards[$0]), index: $0)
            },
            finalQuality: Float(vectors?.quality ?? rollout.reward ?? 0),
            modelRoute: key.route.string.isEmpty ? nil : key.route.string,
            contextIDs: [rollout.pairing.exampleID.string]
        )
    }

    /// Learns everything that waits.
    func learn(_ counts: inout AdapterCounts) {
        for item in waiting {
            switch loop.record(item.trajectory, baseline: item.baseline).learning {
            case .accumulated: counts.accumulated += 1
            case .rejected(let reason): counts.rejected[reason.rawValue, default: 0] += 1
            }
        }
        counts.waiting -= waiting.count
        waiting.removeAll(keepingCapacity: true)
    }

    /// The adapter, if it is due: an update was applied, or the interval is over. Whatever was learnt is in it.
    func publish(_ now: Int64, all: Bool, _ configuration: AdapterLoop.Configuration) -> AdapterRecord? {
        let isUpdated = loop.adapter.updates != publishedUpdates
        guard isUpdated || loop.pendingCount > 0 else {
            // nothing but rejections: there is nothing that could be lost
            unpublished.removeAll()
            since = nil
            return nil
        }
        let start = since ?? now
        since = start
        guard all || isUpdated || now - start >= configuration.interval else { return nil }
        loop.flush()
        var adapter = loop.adapter
        guard adapter.updates != publishedUpdates else { return nil }
        adapter.baseline = loop.baseline
        publishedUpdates = adapter.updates
        since = nil
        unpublished.removeAll()
        let file = adapter.safetensors(metadata: metadata(now))
        return AdapterRecord(key, file.bytes, file.metadata)
    }

    private func metadata(_ now: Int64) -> [String: String] {
        [
            "name": key.name, "tenant": key.tenant.string, "route": key.route.string,
            "mode": loop.configuration.mode.rawValue, "learning_rate": "\(loop.configuration.learningRate)",
            "published_at_ms": "\(now)", "groups": learnt.text,
        ]
    }
}
