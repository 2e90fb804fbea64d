import JSON

/// How old a policy is, judged by what this partition has seen: versions that threads claim to act by, and those that are
/// told from outside (``GroupDecider/policies``).
extension GroupStage {
    /// Steps that are kept of a tenant, the latest.
    static var maxPolicySteps: Int { 4096 }
    /// Tenants whose versions are kept.
    static var maxPolicyTenants: Int { 65_536 }

    /// Takes note of the policy that a record speaks of. What a restart reads again counts as well: so it is known again.
    mutating func notePolicy(_ record: ScoredRecord) {
        guard configuration.groups.maxStaleness > 0 else { return }
        switch record {
        case .claim(let claim): note(claim.policyVersion, claim.key.tenant, claim.time)
        case .scored(let rollout): note(rollout.pairing.policyVersion, rollout.key.tenant, rollout.claimTime)
        case .withdrawal, .time: break
        }
    }

    private mutating func note(_ version: Text, _ tenant: Text, _ time: Int64) {
        decider.policies.note(version, of: tenant, at: time, keeping: Self.maxPolicySteps)
        decider.policies.forgetTenants(beyond: Self.maxPolicyTenants)
    }
}
