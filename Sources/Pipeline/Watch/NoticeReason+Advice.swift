import Reinforce

/// The one table of what each reason means and what to do about it: warnings and docs/operations.md show it.
extension NoticeReason {
    /// What has happened, in one sentence without its full stop.
    public var meaning: String { advice.meaning }
    /// What to do about it.
    public var remedy: String { advice.remedy }

    /// The table of docs/operations.md.
    public static var documentation: String {
        var text = "| kind | reason | meaning | what to do |\n|---|---|---|---|\n"
        for reason in all { text += "| \(reason.kind) | `\(reason.name)` | \(reason.meaning) | \(reason.remedy) |\n" }
        return text
    }

    private var advice: (meaning: String, remedy: String) {
        switch self {
        case .excluded(let reason): reason.advice
        case .deadLetter(let reason): reason.advice
        case .groupTooLarge:
            (
                "the group is larger than a batch may be; a reference to it is in the dead letters",
                "raise `batches.max_bytes` and the topic's `max.message.bytes`, or write shorter states"
            )
        case .brokenExample:
            (
                "a record of the examples topic is no training example; an earlier one of its key stays in force",
                "write the example again under the same key: `{\"example_id\":…,\"data\":{…},\"input_keys\":[…]}`"
            )
        case .brokenPairing:
            (
                "a record of the rollouts topic is no pairing and is passed over",
                "write it again: `tenant_id`, `example_id`, `group_id`, `rollout_index`, `group_size`, `policy_version`"
            )
        case .brokenReward:
            (
                "a record of the rewards topic says nothing of any rollout and is passed over",
                "write it again: `tenant_id`, `thread_id`, `component`, `value` (a number, or null)"
            )
        case .lateReward:
            (
                "a reward came after its rollout was scored, and is another one",
                "`replay --only-failed` makes revisions of what it mends; raise `rewards.grace` to wait longer"
            )
        case .duplicateThread:
            (
                "a thread that is over begins again; nothing of it is trained a second time",
                "give every run a thread id of its own; if a topic was written twice, there is nothing to do"
            )
        case .late:
            (
                "a message came after its thread was over and is left out",
                "let the end be the last message that an agent writes; for slow producers raise "
                    + "`assembly.reorder_grace` or `assembly.idle_timeout`"
            )
        case .clampedTime:
            (
                "the record's timestamp is missing or too far ahead; the latest time of its thread or partition stands for it",
                "set the clock of the producer, or raise `assembly.max_clock_skew`"
            )
        case .foreignKey:
            (
                "the record's key is not the thread of its message, so parts of a thread may be on several partitions",
                "write each thread's records with its thread id as the key; a batch of events holds one thread only"
            )
        }
    }
}
