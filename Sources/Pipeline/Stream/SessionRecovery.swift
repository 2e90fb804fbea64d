internal import Kafka

/// What to do after a life as a member of the group has ended early: when to join anew, and when there is nothing to hope
/// for. Pure; times are milliseconds of a clock that only goes forward.
struct SessionRecovery {
    /// What to do next.
    enum Step: Hashable {
        /// Make new clients after so long, and join.
        case join(after: Int64)
        /// After so long, look who has our instance id in the group; nobody of ours is in it meanwhile.
        case look(after: Int64)
        case giveUp(Reason)
    }

    /// Why there is nothing to hope for.
    enum Reason: Hashable {
        /// This member has our instance id and is alive.
        case rival(GroupMemberDescription)
        /// We are fenced over and over, and who does it cannot be seen.
        case unseenRival(KafkaError)
        /// New clients fail as the old ones did.
        case failing(KafkaError)
    }

    /// What a look at the group has shown.
    enum View: Hashable {
        /// Nobody else has our instance id.
        case nobody
        case other(GroupMemberDescription)
        /// The brokers do not answer, or are not ready.
        case unanswered
        /// The brokers, or the library, do not tell.
        case hidden
    }

    /// A member that is silent is gone from the group after so long.
    let session: Int64
    /// New clients in a row that may fail, or be fenced, without a single commit.
    static let patience = 5
    /// The longest pause between two tries.
    static let longestPause: Int64 = 10_000
    private var tries = 0
    private var failures = 0
    private var fences = 0
    /// Another member has been seen without a break since.
    private var seenSince: Int64?

    /// - Parameter sessionTimeout: the group's, milliseconds.
    init(sessionTimeout: Int) { session = Int64(sessionTimeout) }

    /// A commit went through: what was before does not count any more.
    mutating func worked() {
        tries = 0
        failures = 0
        fences = 0
    }

    /// A life has ended, or could not begin.
    mutating func ended(_ end: SessionEnd) -> Step {
        switch end {
        case .unanswered, .lost: return .join(after: pause())
        case .failed(let error):
            failures += 1
            return failures > Self.patience ? .giveUp(.failing(error)) : .join(after: pause())
        case .fenced(let error):
            fences += 1
            seenSince = nil
            return fences > Self.patience ? .giveUp(.unseenRival(error)) : .look(after: 500)
        }
    }

    /// Somebody who died is gone after the session; who stays longer is alive.
    mutating func looked(_ view: View, at now: Int64) -> Step {
        guard case .other(let member) = view else {
            seenSince = nil
            // a group that cannot be seen now says nothing about who is in it
            return view == .unanswered ? .look(after: 1000) : .join(after: pause())
        }
        let since = seenSince ?? now
        seenSince = since
        return now - since > session + 5000 ? .giveUp(.rival(member)) : .look(after: 1000)
    }

    /// Half a second, then twice as long each time.
    private mutating func pause() -> Int64 {
        tries += 1
        return min(Self.longestPause, 250 << Int64(min(tries, 10)))
    }
}
