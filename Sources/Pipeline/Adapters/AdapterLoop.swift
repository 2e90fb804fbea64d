public import InstantLearning
internal import JSON
public import Reinforce
public import Settings

/// The instant-learning loop beside the stream: one loop for each tenant and route, fed with groups that were decided.
///
/// Pure: time is passed in, records are handed out, nothing is written. Used from one thread.
///
/// A trajectory that was taken is learnt, rejected, dropped or still waiting: `taken == accumulated + rejected + dropped +
/// waiting`, always.
public final class AdapterLoop {
    /// How it learns and when it publishes.
    public struct Configuration: Sendable, Hashable {
        /// The formulas; its buffer's capacity and overflow are those of what waits to be learnt.
        public var loop = InstantLoop.Configuration()
        /// Time after which what was learnt is published, milliseconds.
        public var interval: Int64 = 10_000
        /// Adapters that there may be; what is for yet another one is rejected.
        public var maxAdapters = 1000
        /// Groups that an adapter remembers to have learnt from.
        public var maxRemembered = 4096

        /// The defaults.
        public init() {}

        /// What the settings say.
        public init(_ settings: Settings.InstantLoop) {
            loop.mode = .init(rawValue: settings.mode) ?? .corrected
            loop.dimension = settings.dimension
            loop.rank = settings.rank
            loop.learningRate = Float(settings.learningRate)
            loop.flushThreshold = settings.flushThreshold
            loop.bufferCapacity = settings.bufferCapacity
            loop.qualityThreshold = Float(settings.qualityThreshold)
            loop.overflow = .init(rawValue: settings.overflow) ?? .dropNewest
            loop.maxNorm = Float(settings.maxNorm)
            loop.decay = Float(settings.decay)
            loop.baselineDecay = Float(settings.baselineDecay)
            interval = settings.interval
        }
    }

    let configuration: Configuration
    var adapters: [AdapterKey: AdapterState] = [:]
    /// What was counted.
    public internal(set) var counts = AdapterCounts()

    /// - Throws: `InstantLoopError` that names every setting out of range.
    public init(_ configuration: Configuration) throws {
        var configuration = configuration
        // what waits to be learnt waits here, and nobody drains what was
        configuration.loop.keepsTrajectories = false
        configuration.loop.readers = 0
        _ = try InstantLoop(configuration.loop)
        self.configuration = configuration
    }

    /// Takes the vectors of the members that vote in a group with statistics. They are learnt when ``due(now:)`` is called.
    ///
    /// A group that an adapter has learnt from before is not learnt again: after a restart it may come a second time.
    ///
    /// - Parameters:
    ///   - group: a group that leaves.
    ///   - positions: per partition, the first and last offset of its records in the log that a restart reads; nil: its members'
    ///     records in the events topic.
    public func learn(from group: DecidedGroup, positions: [Int32: ClosedRange<Int64>]? = nil) {
        guard group.status == .ok else { return }
        let members = group.members.filter { $0.votes && $0.rollout.learning != nil }
        guard !members.isEmpty else { return }
        let hash = LearntGroups.hash(group.key.group)
        let baseline = Self.baseline(of: members)
        var routes: [Text: [DecidedGroup.Member]] = [:]
        for member in members { routes[member.rollout.learning?.route ?? "", default: []].append(member) }
        for (route, members) in routes.sorted(by: { $0.key < $1.key }) {
            let key = AdapterKey(tenant: group.key.tenant, route: route)
            guard let state = state(of: key) else {
                counts.taken += members.count
                counts.rejected[AdapterCounts.tooManyAdapters, default: 0] += members.count
                continue
            }
            guard !state.learnt.contains(hash) else {
                counts.repeated += members.count
                continue
            }
            state.take(members, baseline, &counts)
            state.note(hash, positions ?? Self.positions(of: members))
        }
    }

    /// Learns what waits, and hands out the adapters whose flush threshold or interval has been reached.
    ///
    /// - Parameter now: milliseconds on a clock that does not go back.
    public func due(now: Int64) -> [AdapterRecord] { publish(now, all: false) }

    /// Learns what waits, and hands out every adapter that has learnt something since it was last handed out: before partitions
    /// leave, and at the end.
    public func publishAll(now: Int64) -> [AdapterRecord] { publish(now, all: true) }

    /// Per partition, the first offset of what is in no adapter that was handed out. A restart that is not to lose what was
    /// learnt reads from there; what it brings again is known by then or was never published.
    public var unpublished: [Int32: Int64] {
        adapters.values.reduce(into: [:]) { starts, state in
            starts.merge(state.unpublished) { min($0, $1) }
        }
    }

    /// Says where a restart would begin to read, per partition: groups wholly below cannot come again, and are forgotten.
    public func forget(below starts: [Int32: Int64]) {
        for state in adapters.values { state.learnt.forget(below: starts) }
    }

    /// Goes on from an adapter that was published: the latest value of its key on the adapters topic.
    ///
    /// - Throws: ``AdapterProblem`` where it is none of ours or does not fit the configuration; the adapter then starts anew.
    public func restore(_ value: [UInt8]) throws(AdapterProblem) {
        do {
            let file = try Safetensors(bytes: value)
            guard let tenant = file.metadata["tenant"], let route = file.metadata["route"] else {
                throw AdapterProblem("it names no tenant and route")
            }
            guard let learnt = LearntGroups(text: file.metadata["groups"] ?? "", limit: configuration.maxRemembered)
            else { throw AdapterProblem("its list of groups cannot be read") }
            let loop = try InstantLoop(configuration.loop, from: Adapter(safetensors: file))
            let key = AdapterKey(tenant: Text(tenant), route: Text(route))
            guard adapters[key] != nil || adapters.count < configuration.maxAdapters else {
                throw AdapterProblem("there are \(configuration.maxAdapters) adapters already")
            }
            adapters[key] = AdapterState(key, loop, learnt)
        } catch {
            throw AdapterProblem("a published adapter cannot be gone on with, so it starts anew: \(error)")
        }
    }

    /// Adapters there are.
    public var adapterCount: Int { adapters.count }

    private func publish(_ now: Int64, all: Bool) -> [AdapterRecord] {
        var records: [AdapterRecord] = []
        for key in adapters.keys.sorted() {
            guard let state = adapters[key] else { continue }
            state.learn(&counts)
            if let record = state.publish(now, all: all, configuration) { records.append(record) }
        }
        counts.published += records.count
        return records
    }

    private func state(of key: AdapterKey) -> AdapterState? {
        if let state = adapters[key] { return state }
        guard adapters.count < configuration.maxAdapters, let loop = try? InstantLoop(configuration.loop) else {
            return nil
        }
        let state = AdapterState(key, loop, LearntGroups(limit: configuration.maxRemembered))
        adapters[key] = state
        return state
    }

    private static func positions(of members: [DecidedGroup.Member]) -> [Int32: ClosedRange<Int64>] {
        members.reduce(into: [:]) { ranges, member in
            let source = member.rollout.source
            let last = max(source.firstOffset, source.lastOffset)
            let known = ranges[source.partition] ?? source.firstOffset...last
            ranges[source.partition] =
                min(known.lowerBound, source.firstOffset)...max(known.upperBound, last)
        }
    }

    /// The group's mean: over its members, of the mean reward of their steps. Nil where there is nobody to compare with.
    private static func baseline(of members: [DecidedGroup.Member]) -> Float? {
        let means: [Double] = members.compactMap { member in
            let rewards = member.rollout.stepRewards
            guard !rewards.isEmpty else { return nil }
            return rewards.reduce(0, +) / Double(rewards.count)
        }
        guard means.count >= 2, let first = means.first else { return nil }
        // the mean of equal numbers is that number, to the last bit
        if means.allSatisfy({ $0 == first }) { return Float(first) }
        return Float(means.reduce(0, +) / Double(means.count))
    }
}

extension Rollout {
    /// The rewards of the nodes with activations: their own, else the rollout's.
    var stepRewards: [Double] { learning?.nodes.map { $0.reward ?? reward ?? 0 } ?? [] }
}
