import DashStream
import JSON

/// `latency`, `tokens`, `steps`: what a rollout cost, as it is, or as a penalty.
public struct MeasureReward: RewardFunction {
    /// What is measured.
    public enum Measure: String, Sendable, Hashable, CaseIterable {
        /// Seconds from GRAPH_START to the end.
        case seconds
        /// Tokens of all completions that train; none where no engine told them.
        case tokens
        /// Executions of nodes that came to their end.
        case nodes
        /// Requests to models.
        case calls
        /// Tools that were run.
        case tools
    }

    /// What is measured.
    public var measure: Measure
    /// Up to here the penalty is 0.
    public var free: Double
    /// From here it is −1; nil: the value is the measure itself.
    public var limit: Double?

    /// The reward.
    public init(_ measure: Measure, free: Double = 0, limit: Double? = nil) {
        self.measure = measure
        self.free = free
        self.limit = limit
    }

    /// The measure, or from 0 down to −1.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        measured(rollout).map { .value(shaped($0)) } ?? .none
    }

    private func measured(_ rollout: RewardInput) -> Double? {
        switch measure {
        case .seconds: return rollout.duration.map { Double($0) / 1e6 }
        case .tokens:
            let tokens = rollout.completionTokens
            return tokens.isEmpty ? nil : Double(tokens.reduce(0) { $0.saturatingPlus($1) })
        case .nodes: return Double(rollout.nodeCount)
        case .calls: return Double(rollout.callCount)
        case .tools: return Double(rollout.toolCalls)
        }
    }

    func shaped(_ value: Double) -> Double {
        guard let limit else { return value }
        if value <= free { return 0 }
        if value >= limit { return -1 }
        return -(value - free) / (limit - free)
    }
}

/// `tool_success`: the share of the tools run that did not fail; none where none was run.
public struct ToolSuccessReward: RewardFunction {
    /// The reward.
    public init() {}

    /// From 0 to 1.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        guard rollout.toolCalls > 0 else { return .none }
        return .value(Double(max(0, rollout.toolCalls - rollout.toolFailures)) / Double(rollout.toolCalls))
    }
}
