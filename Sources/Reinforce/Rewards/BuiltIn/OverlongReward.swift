import DashStream

/// `overlong`: a penalty for completions near the length at which they would be cut (DAPO, equation 13).
public struct OverlongReward: RewardFunction {
    /// Whose form.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// TRL's `get_soft_overlong_punishment`: from 0 down to −1 over the buffer, and −1 beyond the greatest length.
        case trl
        /// verl's overlong buffer: from 0 down over the buffer by `factor`, and on beyond the greatest length.
        case verl
    }
    /// Which completions of a rollout are measured.
    public enum Count: String, Sendable, Hashable, CaseIterable {
        /// The longest one.
        case longest
        /// All of them together.
        case total
    }

    /// Whose form.
    public var form: Form
    /// The greatest length, tokens.
    public var maxLength: Int
    /// How many tokens before it the penalty begins.
    public var buffer: Int
    /// verl: the penalty at the greatest length.
    public var factor: Double
    /// Which completions are measured.
    public var count: Count

    /// The reward.
    public init(_ form: Form, maxLength: Int, buffer: Int, factor: Double = 1, count: Count = .longest) {
        self.form = form
        self.maxLength = maxLength
        self.buffer = buffer
        self.factor = factor
        self.count = count
    }

    /// 0 or below; none where no engine told the tokens.
    public func reward(of rollout: RewardInput) -> RewardOutcome {
        let lengths = rollout.completionTokens
        guard let longest = lengths.max() else { return .none }
        return .value(penalty(count == .longest ? longest : lengths.reduce(0) { $0.saturatingPlus($1) }))
    }

    func penalty(_ length: Int) -> Double {
        let allowed = maxLength.saturatingMinus(buffer)
        let beyond = length.saturatingMinus(allowed)
        if beyond <= 0 { return 0 }
        switch form {
        case .trl: return length > maxLength ? -1 : -Double(beyond) / Double(max(1, buffer))
        case .verl: return -Double(beyond) / Double(max(1, buffer)) * factor
        }
    }
}
