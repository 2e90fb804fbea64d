extension Loader {
    /// Finds what is wrong between keys, and what this version cannot do.
    mutating func findContradictions() {
        let s = settings
        func add(_ path: String, _ message: String, _ severity: SettingProblem.Severity = .error) {
            problems.append(SettingProblem(path, "", message, severity: severity))
        }
        if s.rewards.failureScore <= s.rewards.formatFailureScore {
            add(
                "rewards.failure_score",
                "must be above `rewards.format_failure_score`: a failure is no worse than no answer"
            )
        }
        if s.groups.deadline <= s.assembly.idleTimeout {
            add(
                "groups.deadline",
                "is not above `assembly.idle_timeout`: a silent thread will always come after its group",
                .warning
            )
        }
        if s.batches.minGroups > s.batches.groupsPerBatch {
            add("batches.min_groups", "is above `batches.groups_per_batch`: no batch could ever be large enough")
        }
        if Double(s.estimator.epsilon) == nil, !s.estimator.epsilon.isEmpty {
            add("estimator.epsilon", "must be a number, not `\(s.estimator.epsilon)`")
        }
        if !["earliest", "latest"].contains(s.start), !s.start.contains("T") {
            add("start", "must be earliest, latest or a time such as 2026-11-24T08:00:00Z, not `\(s.start)`")
        }
        if s.rewards.components.isEmpty { add("rewards.components", "must not be empty") }
        let names = s.rewards.components.map(\.name)
        for name in Set(names).sorted() where names.filter({ $0 == name }).count > 1 {
            add("rewards.components", "names `\(name)` twice")
        }
        if !s.rewards.outcome.isEmpty, !names.contains(s.rewards.outcome) {
            add("rewards.outcome", "names `\(s.rewards.outcome)`, which is no component")
        }
        for component in s.rewards.components where !["exact_match", "trace_attribute"].contains(component.type) {
            add(
                "rewards.components",
                "asks for type `\(component.type)`; this version has exact_match and trace_attribute"
            )
        }
        if s.instantLoop.enabled, s.topics.scoredPartitions != 1 {
            add(
                "instant_loop.enabled",
                "needs `topics.scored_partitions: 1`: an adapter learns from all groups of its tenant and route, so they "
                    + "must come by in one place"
            )
        }
        for (path, isAsked, instead) in unavailable where isAsked {
            add(path, "is not available in this version: \(instead)")
        }
    }

    /// Keys that are known and whose function is not there yet: refused when they ask for something.
    private var unavailable: [(String, Bool, String)] {
        let s = settings
        return [
            ("topics.rewards", !s.topics.rewards.isEmpty, "leave it empty"),
            ("groups.revisions", s.groups.revisions, "late members are excluded as `late`"),
            ("credit", s.credit != "rollout", "use rollout"),
            ("http.token_file", !s.http.tokenFile.isEmpty, "leave it empty"),
            ("batches.max_empty", s.batches.maxEmpty != 0, "leave it 0"),
        ]
    }
}
