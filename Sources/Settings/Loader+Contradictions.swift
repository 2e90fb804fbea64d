internal import Spelling

extension Loader {
    /// Finds what is wrong between keys, and what this version cannot do.
    mutating func findContradictions() {
        let s = settings
        func report(
            _ path: String,
            _ message: String,
            with others: [String] = [],
            _ severity: SettingProblem.Severity = .error
        ) {
            add([SettingProblem(path, message, severity: severity)], insteadOf: others)
        }
        for clash in s.topicClashes { report(clash.key, clash.message, with: [clash.other, "app_id"]) }
        if s.rewards.failureScore <= s.rewards.formatFailureScore {
            report(
                "rewards.failure_score",
                "must be above `rewards.format_failure_score`: to give no answer must be worse than to fail",
                with: ["rewards.format_failure_score"]
            )
        }
        if s.groups.deadline <= s.assembly.idleTimeout {
            report(
                "groups.deadline",
                "should be above `assembly.idle_timeout`: a group will have closed before a silent thread of it is over",
                with: ["assembly.idle_timeout"],
                .warning
            )
        }
        if !s.topics.policy.isEmpty, s.groups.maxStaleness == 0 {
            report(
                "topics.policy",
                "is read for `groups.max_staleness` only, which is 0: no rollout is too old",
                with: ["groups.max_staleness"],
                .warning
            )
        }
        if s.batches.minGroups > s.batches.groupsPerBatch {
            report(
                "batches.min_groups",
                "is above `batches.groups_per_batch`: no batch could ever be large enough",
                with: ["batches.groups_per_batch"]
            )
        }
        if s.output.key == "group", s.batches.groupsPerBatch != 1 {
            report(
                "output.key",
                "is `group`, which needs `batches.groups_per_batch: 1` (it is \(s.batches.groupsPerBatch)): a batch of "
                    + "several groups has no single group to be keyed by",
                with: ["batches.groups_per_batch"]
            )
        }
        findComponentProblems(s.rewards, report)
        findOutsideProblems(s, report)
        if s.http.tokenFile.isEmpty, !s.http.listen.isEmpty, !Address.isLoopback(s.http.listen) {
            report(
                "http.listen",
                "is `\(s.http.listen)`, which other hosts can reach: set `http.token_file`, or listen on 127.0.0.1:9464; the "
                    + "page shows what agents read and wrote",
                with: ["http.token_file"]
            )
        }
        if s.instantLoop.enabled, s.topics.scoredPartitions != 1 {
            report(
                "instant_loop.enabled",
                "needs `topics.scored_partitions: 1`: an adapter learns from all groups of its tenant and route, so one "
                    + "partition must hold them all",
                with: ["topics.scored_partitions"]
            )
        }
        for (path, isAsked, instead) in unavailable where isAsked {
            report(path, "is not available in this version: \(instead)")
        }
    }

    private func findComponentProblems(
        _ rewards: Settings.Rewards,
        _ report: (String, String, [String], SettingProblem.Severity) -> Void
    ) {
        let key = "rewards.components"
        func fail(_ message: String) { report(key, message, [], .error) }
        if rewards.components.isEmpty { fail("must not be empty") }
        let names = rewards.components.map(\.name)
        for name in Set(names).sorted() where names.count(where: { $0 == name }) > 1 {
            fail("has more than one component with the name `\(name)`")
        }
        if !rewards.outcome.isEmpty, !names.contains(rewards.outcome) {
            let hint = suggestion(for: rewards.outcome, among: names)
            report("rewards.outcome", "names `\(rewards.outcome)`, which is not a component\(hint)", [key], .error)
        }
        let types = Settings.Rewards.allTypes
        for component in rewards.components where !types.contains(component.type) {
            let hint = suggestion(for: component.type, among: types)
            fail("asks for the type `\(component.type)`; this version has \(types.joined(separator: ", "))\(hint)")
        }
        for component in rewards.components where component.isBuiltIn {
            for problem in component.builtIn.problems(component) { fail(problem) }
        }
    }

    /// What is wrong with components whose values come from outside the trace.
    private func findOutsideProblems(
        _ settings: Settings,
        _ report: (String, String, [String], SettingProblem.Severity) -> Void
    ) {
        let outside = settings.rewards.outside
        guard let first = outside.first else { return }
        for component in outside {
            for problem in component.outside.problems(component.name, component.type) {
                report("rewards.components", problem, [], .error)
            }
        }
        if settings.topics.rewards.isEmpty, settings.rewards.keep || outside.contains(where: { !$0.isAsked }) {
            report(
                "topics.rewards",
                "must be given, since the component `\(first.name)` is a \(first.type): what was said is written there, so "
                    + "that a replay asks nobody and gives the same"
                    + (outside.contains { !$0.isAsked }
                        ? "" : " (rewards.keep: false does without: then replays must --ask)"),
                ["rewards.components"],
                .error
            )
        }
        let waitedFor = outside.filter { !$0.isOfGroup }
        if !waitedFor.isEmpty, !waitedFor.contains(where: \.required) {
            report(
                "rewards.components",
                "has outside components of which none is `required`: nobody would wait for them, so that their values would "
                    + "never be there",
                [],
                .error
            )
        }
    }

    /// Keys whose function this version does not have: refused where they ask for something.
    private var unavailable: [(String, Bool, String)] {
        let s = settings
        return [
            ("groups.revisions", s.groups.revisions, "late members are excluded, as `late`")
        ]
    }
}
