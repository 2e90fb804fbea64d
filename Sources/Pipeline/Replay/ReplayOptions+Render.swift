package import JSON
package import Reinforce

extension ReplayOptions {
    /// By which rules decided groups become batches.
    ///
    /// - Parameters:
    ///   - isBounded: where they go a record has a limit.
    ///   - topics: the topics that sources name, by their numbers.
    package func batchRules(isBounded: Bool = false, topics: [Text]) -> BatchRules {
        BatchRules(estimator, minUsable: groups.minUsable, batches, topics: topics, isBounded: isBounded)
    }

    /// The same for whoever looks into groups: JSON, and nothing left out.
    package func wholeRules(topics: [Text]) -> BatchRules {
        var rules = batchRules(topics: topics)
        (rules.batches.format, rules.batches.samples, rules.batches.calls) = (.json, .both, .all)
        return rules
    }
}
