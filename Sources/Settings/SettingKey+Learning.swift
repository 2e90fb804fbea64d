extension SettingKey {
    /// How rollouts become groups, advantages and batches.
    static var learning: [SettingKey] {
        [
            SettingKey(
                "groups.deadline",
                .duration(\.groups.deadline, zero: "every group would close with its first member"),
                "a group closes this long after its first member began, complete or not"
            ),
            SettingKey(
                "groups.settle",
                .duration(\.groups.settle),
                "how long a complete group stays open to see whether a second thread claims one of its places"
            ),
            SettingKey(
                "groups.closed_memory_records",
                .integer(\.groups.closedMemoryRecords, 0...1_000_000_000),
                "for how many records a closed group is remembered, so that its late members are known as late"
            ),
            SettingKey(
                "groups.min_usable",
                .integer(\.groups.minUsable, 1...1_000_000),
                "a group with fewer rollouts that count is not trained on"
            ),
            SettingKey(
                "groups.partial",
                .choice(\.groups.partial, ["keep", "drop"]),
                "whether a group that closes incomplete is trained on"
            ),
            SettingKey(
                "groups.drop_zero_variance",
                .flag(\.groups.dropZeroVariance),
                "leave out groups whose members all have the same reward"
            ),
            SettingKey(
                "groups.max_staleness",
                .integer(\.groups.maxStaleness, 0...1_000_000_000),
                "how many policy versions behind the newest a rollout may be; 0: any number"
            ),
            SettingKey(
                "groups.stale_policy",
                .choice(\.groups.stalePolicy, ["drop_group", "drop_rollout", "vote_only"]),
                "what happens where a rollout is further behind: its group or the rollout itself is left out, or it only "
                    + "counts for the mean"
            ),
            SettingKey(
                "groups.revisions",
                .flag(\.groups.revisions),
                "write a group again when a late member changes it"
            ),
            SettingKey(
                "estimator.preset",
                .text(\.estimator.preset, .required),
                "how rewards become advantages, named after the trainer that does it so: trl, verl, openrlhf, dashflow, …"
            ),
            SettingKey(
                "estimator.baseline",
                .choice(\.estimator.baseline, ["", "mean", "leave_one_out", "length_weighted_mean", "second_best"]),
                "what is subtracted from a reward; empty: as the preset says"
            ),
            SettingKey(
                "estimator.scale",
                .choice(
                    \.estimator.scale,
                    [
                        "", "none", "group_std", "batch_std", "leave_one_out_std", "mean", "batch_token_std",
                        "component_std",
                    ]
                ),
                "what the difference is divided by; empty: as the preset says"
            ),
            SettingKey(
                "estimator.ddof",
                .choice(\.estimator.ddof, ["", "0", "1"]),
                "what is subtracted from the count in a standard deviation; empty: as the preset says"
            ),
            SettingKey(
                "estimator.epsilon",
                .optionalNumber(\.estimator.epsilon, 0...1e6),
                "what is added to the divisor, 0 or above; empty: as the preset says"
            ),
            SettingKey(
                "estimator.singleton",
                .choice(\.estimator.singleton, ["", "zero", "raw"]),
                "advantage of a rollout that is alone in its group: 0, or its reward; empty: as the preset says"
            ),
            SettingKey(
                "estimator.score_non_voters",
                .flag(\.estimator.scoreNonVoters),
                "give an advantage also to rollouts that do not count for the mean"
            ),
            SettingKey(
                "credit",
                .choice(\.credit, ["rollout", "node", "state"]),
                "what an advantage is given to: the rollout, or each call and sample, compared by node or by state"
            ),
        ]
    }
}
