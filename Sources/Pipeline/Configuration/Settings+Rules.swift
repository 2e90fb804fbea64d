import DashStream
import JSON
public import Problems
public import Reinforce
public import Settings

extension Settings {
    /// The rules of the first stage.
    public func stageConfiguration() -> ThreadStageConfiguration {
        var stage = ThreadStageConfiguration()
        stage.frames.maxFrameBytes = limits.maxFrameBytes
        stage.maxRolloutBytes = limits.maxRolloutBytes
        stage.frames.schema = .init(rawValue: schema.policy) ?? .exact
        stage.frames.legacyFrames = schema.legacyFrames
        stage.manifestPointer = pairing.manifestPointer.isEmpty ? nil : try? JSONPointer(Text(pairing.manifestPointer))
        stage.assembly.idleTimeout = assembly.idleTimeout
        stage.assembly.resumeGrace = assembly.resumeGrace
        stage.assembly.errorGrace = assembly.errorGrace
        stage.assembly.reorderGraceRecords = Int64(assembly.reorderGraceRecords)
        stage.assembly.reorderGrace = assembly.reorderGrace
        stage.assembly.maxThreadAge = assembly.maxThreadAge
        stage.assembly.maxThreadBytes = assembly.maxThreadBytes
        stage.assembly.maxThreadEvents = assembly.maxThreadEvents
        stage.assembly.closedMemoryRecords = Int64(assembly.closedMemoryRecords)
        // where no topic could bring it there is nothing to wait for
        stage.pairingGrace = topics.rollouts.isEmpty ? -1 : pairing.grace
        stage.examplesGrace = examples.file.isEmpty && !topics.examples.isEmpty ? examples.grace : -1
        stage.keepsNodeRewards = credit != Credit.rollout.rawValue
        stage.rewards = rewardConfiguration()
        stage.rewardsGrace = rewards.grace
        stage.rewardsBefore = rewards.before
        return stage
    }

    private func rewardConfiguration() -> RewardConfiguration {
        var configuration = RewardConfiguration()
        configuration.failureScore = rewards.failureScore
        configuration.formatFailureScore = rewards.formatFailureScore
        configuration.timeouts = .init(rawValue: rewards.timeouts) ?? .exclude
        configuration.outcome = rewards.outcome.isEmpty ? nil : Text(rewards.outcome)
        configuration.components = rewards.components.map { component in
            let name = Text(component.name)
            let kind: RewardConfiguration.Component.Kind
            if component.type == "trace_attribute" {
                kind = .traceAttribute(name: name)
            } else if let function = component.function {
                kind = .function(AnyRewardFunction(function))
            } else if component.isOutside {
                kind = .outside(source(component))
            } else {
                var pointers: [Text: JSONPointer] = [:]
                for (label, pointer) in component.fields { pointers[Text(label)] = try? JSONPointer(Text(pointer)) }
                kind = .exactMatch(pointers: pointers)
            }
            return RewardConfiguration.Component(
                name: name,
                weight: component.weight,
                kind: kind,
                isRequired: component.required,
                fallback: component.fallback
            )
        }
        return configuration
    }

    private func source(_ component: Rewards.Component) -> OutsideSource {
        let named = component.outside.send.compactMap { OutsideSource.Part(rawValue: $0) }
        return OutsideSource(
            evaluator: Text(component.evaluatorName),
            version: Int64(component.outside.version),
            isAsked: component.isAsked,
            isOfGroup: component.isOfGroup,
            send: named.isEmpty ? OutsideSource.usual : Set(named)
        )
    }

    /// The rules of groups.
    public func groupConfiguration() -> GroupConfiguration {
        var configuration = GroupConfiguration()
        configuration.deadline = groups.deadline
        configuration.settle = groups.settle
        configuration.minUsable = groups.minUsable
        configuration.partial = .init(rawValue: groups.partial) ?? .keep
        configuration.dropZeroVariance = groups.dropZeroVariance
        configuration.maxStaleness = Int64(groups.maxStaleness)
        configuration.stalePolicy = .init(rawValue: groups.stalePolicy) ?? .dropRollout
        return configuration
    }

    /// The rules of batches.
    public func batchConfiguration() -> BatchConfiguration {
        var configuration = BatchConfiguration()
        configuration.groupsPerBatch = batches.groupsPerBatch
        configuration.maxBytes = batches.maxBytes
        configuration.minGroups = batches.minGroups
        configuration.minRollouts = batches.minRollouts
        configuration.samples = .init(rawValue: output.samples) ?? .both
        configuration.calls = .init(rawValue: output.calls) ?? .all
        configuration.format = .init(rawValue: output.format) ?? .json
        configuration.key = .init(rawValue: output.key) ?? .batch
        configuration.appID = appID
        return configuration
    }

    /// The estimator: the preset, with the rules that the configuration replaces.
    ///
    /// - Throws: ``PipelineProblem`` that names the presets there are.
    public func makeEstimator() throws(PipelineProblem) -> Reinforce.Estimator {
        guard var made = Reinforce.Estimator.preset(estimator.preset) else {
            throw PipelineProblem(.usage, "`estimator.preset` \(Self.unknownPreset(estimator.preset))")
        }
        if let baseline = Reinforce.Estimator.Baseline(rawValue: estimator.baseline) { made.baseline = baseline }
        if let scale = Reinforce.Estimator.Scale(rawValue: estimator.scale) { made.scale = scale }
        if let ddof = Int(estimator.ddof) { made.ddof = ddof }
        if let epsilon = estimator.epsilon { made.epsilon = epsilon }
        if let singleton = Reinforce.Estimator.Singleton(rawValue: estimator.singleton) { made.singleton = singleton }
        made.scoreNonVoters = estimator.scoreNonVoters
        made.credit = Credit(rawValue: credit) ?? .rollout
        return made
    }
}
