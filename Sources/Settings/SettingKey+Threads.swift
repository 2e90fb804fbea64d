extension SettingKey {
    /// How messages become threads, and threads rewarded rollouts.
    static var threads: [SettingKey] {
        [
            SettingKey(
                "assembly.idle_timeout",
                .duration(\.assembly.idleTimeout, zero: "every thread would be over at its first message"),
                "a thread without a message for this long is over, as `incomplete`"
            ),
            SettingKey(
                "assembly.resume_grace",
                .duration(\.assembly.resumeGrace),
                "how long after its end a thread may be continued by a second GRAPH_START; 0: never"
            ),
            SettingKey(
                "assembly.error_grace",
                .duration(\.assembly.errorGrace),
                "a thread without a message for this long after NODE_ERROR has failed"
            ),
            SettingKey(
                "assembly.reorder_grace_records",
                .integer(\.assembly.reorderGraceRecords, 0...1_000_000),
                "how many records after its end a thread still takes messages that come late"
            ),
            SettingKey(
                "assembly.reorder_grace",
                .duration(\.assembly.reorderGrace),
                "how long after its end a thread still takes messages that come late"
            ),
            SettingKey(
                "assembly.max_thread_age",
                .duration(\.assembly.maxThreadAge, zero: "every thread would be ended at its first message"),
                "a thread that is older than this is ended, as `incomplete`"
            ),
            SettingKey(
                "assembly.max_thread_bytes",
                .size(\.assembly.maxThreadBytes, 1024...(4 << 30) - 1),
                "a thread that is larger than this is ended, as `incomplete`"
            ),
            SettingKey(
                "assembly.max_thread_events",
                .integer(\.assembly.maxThreadEvents, 1...10_000_000),
                "a thread with more messages than this is ended, as `incomplete`"
            ),
            SettingKey(
                "assembly.max_clock_skew",
                .duration(\.assembly.maxClockSkew),
                "how far a timestamp may lie in the future; one beyond it is set back"
            ),
            SettingKey(
                "assembly.replay_horizon_records",
                .integer(\.assembly.replayHorizonRecords, 1...1_000_000_000),
                "the most records of a partition that a restart reads again"
            ),
            SettingKey(
                "assembly.closed_memory_records",
                .integer(\.assembly.closedMemoryRecords, 0...1_000_000_000),
                "for how many records a closed thread is remembered, so that its late messages are known as late"
            ),
            SettingKey(
                "limits.max_frame_bytes",
                .size(\.limits.maxFrameBytes, 1024...1 << 30),
                "largest value of a record, before and after it is decompressed"
            ),
            SettingKey(
                "limits.max_rollout_bytes",
                .size(\.limits.maxRolloutBytes, 1024...1 << 30),
                "largest rollout, by the bytes of its samples and model calls; a larger one is excluded as `too_large`"
            ),
            SettingKey(
                "limits.memory_budget",
                .size(\.limits.memoryBudget, 1 << 20...1 << 44),
                "memory for open threads and groups; beyond it a processor reads more slowly, and a replay uses "
                    + "temporary files"
            ),
            SettingKey(
                "rewards.failure_score",
                .number(\.rewards.failureScore, -1e9...1e9),
                "reward of a rollout that failed"
            ),
            SettingKey(
                "rewards.format_failure_score",
                .number(\.rewards.formatFailureScore, -1e9...1e9),
                "reward of a rollout that gave no answer where one is expected"
            ),
            SettingKey(
                "rewards.timeouts",
                .choice(\.rewards.timeouts, ["exclude", "failure"]),
                "a rollout that never ended is not trained on, or counts as failed"
            ),
            SettingKey(
                "rewards.outcome",
                .text(\.rewards.outcome, .any),
                "the component that decides whether the members of a group differ; empty: the sum of all"
            ),
            SettingKey(
                "rewards.grace",
                .duration(\.rewards.grace, zero: "no reward from outside the trace would ever be waited for"),
                "how long a thread that is over waits for rewards from outside the trace"
            ),
            SettingKey(
                "rewards.before",
                .duration(\.rewards.before),
                "how long before its thread's first message a reward may have been written"
            ),
            SettingKey(
                "rewards.keep",
                .flag(\.rewards.keep),
                "write rewards from outside the trace to topics.rewards, so that a replay need not ask again"
            ),
            SettingKey(
                "rewards.max_in_flight",
                .integer(\.rewards.maxInFlight, 1...1_000_000),
                "the most rollouts whose reward is asked for at the same time"
            ),
            SettingKey(
                "rewards.max_in_flight_bytes",
                .size(\.rewards.maxInFlightBytes, 1 << 20...1 << 40),
                "the most memory that those rollouts take"
            ),
            SettingKey(
                "rewards.components",
                .components(\.rewards.components),
                "parts of the reward, each with name, type, weight, required, default and fields"
            ),
        ]
    }
}
