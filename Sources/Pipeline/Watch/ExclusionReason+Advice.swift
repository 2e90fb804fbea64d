import DashStream
import Reinforce

extension ExclusionReason {
    /// What it means, and what to do about it.
    var advice: (meaning: String, remedy: String) {
        switch self {
        case .noStart:
            (
                "the thread has no GRAPH_START",
                "let the agent write it; where reading began in the middle of the topic (`start`, retention), there is "
                    + "nothing to do"
            )
        case .conflictingPairing:
            (
                "two places (attributes, `graph_manifest`, rollouts topic) name different pairings",
                "name the example in one place only"
            )
        case .unpaired:
            (
                "nothing names the thread's example and group",
                "set `example_id`, `group_id`, `rollout_index`, `group_size` and `policy_version` as attributes of "
                    + "GRAPH_START"
            )
        case .invalidPairing:
            (
                "a number of the pairing is missing or out of range, or there is no `policy_version`",
                "set `rollout_index` (from 0), `group_size` and `policy_version`; `inspect thread` shows what is there"
            )
        case .unknownExample:
            (
                "the example that the thread names is not among the training examples",
                "add it to `examples.file` or to the examples topic, or correct `example_id` in the agents"
            )
        case .conflictingGroup:
            (
                "members of the group disagree on example, size or policy version",
                "give each group an id of its own: one example, one policy version, one size"
            )
        case .conflictingSlot:
            (
                "several threads claim the same `rollout_index` of a group with the same `attempt`",
                "number the rollouts of a group from 0, each once; raise `attempt` when one is tried again"
            )
        case .incomplete:
            (
                "the thread has no GRAPH_END and no error",
                "let the agent write its end when it fails, too; `rewards.timeouts: failure` scores such threads instead"
            )
        case .noState:
            (
                "the thread has no initial state and no state diff",
                "let the agent write `initial_state_json` or state diffs"
            )
        case .stateUnverified:
            (
                "the final state does not have the hash that the agent wrote",
                "`inspect thread` shows the first message that does not fit; messages are lost or the hash is wrong"
            )
        case .rewardMissing:
            (
                "a required component of the reward has no value",
                "see `rewards.components`: write what it reads, or give it `default` or `required: false`"
            )
        case .rewardInvalid: ("a reward is not a finite number", "correct whoever writes `rl.reward.*`")
        case .stale:
            (
                "the policy is further behind than `groups.max_staleness`",
                "let the agents load new policies more often, or raise `groups.max_staleness`"
            )
        case .insufficientGroup:
            (
                "fewer members of the group count than `groups.min_usable`",
                "see why the others are excluded, or lower `groups.min_usable`"
            )
        case .partialGroup:
            (
                "the group is not complete, and `groups.partial` is `drop`",
                "raise `groups.deadline`, or set `groups.partial: keep`"
            )
        case .zeroVariance:
            (
                "all rewards of the group are equal, and `groups.drop_zero_variance` is set",
                "use harder or easier examples, or a finer reward"
            )
        case .quarantined:
            (
                "an advantage of the group is not a finite number",
                "look at its rewards with `inspect group`: some are too large to compare"
            )
        case .withheld:
            (
                "its batch is smaller than `batches.min_groups` or `batches.min_rollouts`",
                "lower them, or raise `batches.linger`"
            )
        case .late:
            (
                "its group was closed before the thread was over",
                "raise `groups.deadline` or `groups.settle`; agents that run again take a new `group_id`"
            )
        case .tooLarge:
            (
                "the rollout is larger than `limits.max_rollout_bytes`, or its group larger than a batch may be",
                "raise that limit or `batches.max_bytes` (and the topic's `max.message.bytes`), or write shorter states"
            )
        }
    }
}

extension PoisonReason {
    /// What it means, and what to do about it.
    var advice: (meaning: String, remedy: String) {
        switch self {
        case .decodeError:
            (
                "the record is no DashStream message",
                "find out who else writes to the topic; `inspect dlq` shows the bytes"
            )
        case .decompressionError:
            (
                "the record's zstd data is damaged, or larger than allowed once decompressed",
                "raise `limits.max_frame_bytes` if it is only too large; `inspect dlq` says which"
            )
        case .schemaError:
            (
                "the message has no header, names no thread, or has another schema version",
                "see `schema.policy`; bring producer and processor to the same version"
            )
        case .invalidFormat:
            (
                "the record's first byte is no DashStream frame, or the record is larger than allowed",
                "set `schema.legacy_frames` for producers that write none, or raise `limits.max_frame_bytes`"
            )
        case .ioError: ("the record has no value", "find out who writes empty records to the topic")
        case .processingError:
            (
                "three processes ended or stalled while the record was in hand; it is left out",
                "please report it, with the record from the dead letters"
            )
        }
    }
}
