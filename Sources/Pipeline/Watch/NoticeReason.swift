public import DashStream
public import Reinforce

/// What a person should hear of while data flows: a closed list, so that what is kept of it is bounded.
public enum NoticeReason: Sendable, Hashable {
    /// Threads that are not trained.
    case excluded(ExclusionReason)
    /// Records that cannot be read.
    case deadLetter(PoisonReason)
    /// Groups that no batch can hold.
    case groupTooLarge
    /// Records of the examples topic that are no example.
    case brokenExample
    /// Records of the rollouts topic that are no pairing.
    case brokenPairing
    /// Records of the rewards topic that say nothing of any thread.
    case brokenReward
    /// Rewards that came after their rollout was scored.
    case lateReward
    /// Threads whose id has been used before.
    case duplicateThread
    /// Messages that came after their thread was over.
    case late
    /// Records whose timestamp cannot be believed.
    case clampedTime
    /// Messages under another thread's record key.
    case foreignKey

    /// All of them, in the order in which they are told and documented.
    public static let all: [NoticeReason] =
        ExclusionReason.allCases.map { .excluded($0) } + PoisonReason.allCases.map { .deadLetter($0) }
        + [
            .groupTooLarge, .brokenExample, .brokenPairing, .brokenReward, .lateReward, .duplicateThread, .late,
            .clampedTime, .foreignKey,
        ]

    /// Its name, as it stands in ledger lines and dead letters where it stands there.
    public var name: String {
        switch self {
        case .excluded(let reason): reason.rawValue
        case .deadLetter(let reason): reason.rawValue
        case .groupTooLarge: "too_large"
        case .brokenExample: "broken_example"
        case .brokenPairing: "broken_pairing"
        case .brokenReward: "broken_reward"
        case .lateReward: "late_reward"
        case .duplicateThread: "duplicate_thread"
        case .late: "late_message"
        case .clampedTime: "clamped_time"
        case .foreignKey: "foreign_key"
        }
    }

    /// What the reason is a reason for.
    public var kind: String {
        switch self {
        case .excluded: "excluded"
        case .deadLetter, .groupTooLarge, .brokenExample: "dead letter"
        case .brokenPairing, .brokenReward, .lateReward, .duplicateThread, .late, .clampedTime, .foreignKey: "odd input"
        }
    }

    /// One of what is counted.
    var thing: String {
        switch self {
        case .excluded, .duplicateThread: "thread"
        case .late, .foreignKey: "message"
        case .groupTooLarge: "group"
        case .deadLetter, .brokenExample, .brokenPairing, .brokenReward, .lateReward, .clampedTime: "record"
        }
    }
}

extension NoticeReason: Comparable {
    private static let ranks = Dictionary(uniqueKeysWithValues: zip(all, all.indices))

    /// By their place in ``all``.
    public static func < (a: NoticeReason, b: NoticeReason) -> Bool { ranks[a, default: 0] < ranks[b, default: 0] }
}
