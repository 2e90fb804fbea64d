import JSON

/// A member of a group whose texts lie rendered, so that digest and record copy the same bytes.
struct RenderedMember {
    let advantage: RenderedNumber
    let samples: [RenderedSample]
    /// By index into the trajectory's calls; nil: each has the rollout's.
    let calls: [RenderedNumber]?

    /// The advantage of a call.
    func advantage(ofCall index: Int) -> RenderedNumber { calls?[index] ?? advantage }
}

/// A sample whose texts lie rendered, escaped.
struct RenderedSample {
    let node: NodeExecution
    let advantage: RenderedNumber
    let name: RenderedText
    let prompt: RenderedText
    let completion: RenderedText
    let inputs: RenderedText
    let outputs: RenderedText
}

/// Where the texts of a group are rendered to.
struct RenderedTexts {
    var bytes: [UInt8]

    /// What `body` appends, as a range of the texts.
    @inline(__always)
    mutating func rendered(_ body: (inout [UInt8]) -> Void) -> RenderedText {
        let start = bytes.count
        body(&bytes)
        return RenderedText(start, bytes.count)
    }

    mutating func rendered(_ number: Double) -> RenderedNumber {
        RenderedNumber(value: number, text: rendered { $0.append(number: number) })
    }

    private mutating func rendered(_ number: Double?) -> RenderedNumber? {
        guard let number else { return nil }
        return rendered(number)
    }

    mutating func render(_ member: DecidedGroup.Member) -> RenderedMember {
        let rollout = member.rollout
        let text = SampleText(trajectory: rollout.trajectory)
        let arena = rollout.trajectory.arena
        let advantage = rendered(member.advantage)
        var samples: [RenderedSample] = []
        samples.reserveCapacity(rollout.trajectory.nodes.count)
        // what does not vote is named, not given to anyone
        for (index, node) in rollout.trajectory.nodes.enumerated() where member.votes && node.isSample {
            samples.append(
                RenderedSample(
                    node: node,
                    advantage: rendered(member.parts?.samples[index]) ?? advantage,
                    name: rendered { appendEscaped(arena.span(node.node), to: &$0) },
                    prompt: rendered { text.appendPrompt(node, to: &$0) },
                    completion: rendered { text.appendCompletion(node, to: &$0) },
                    inputs: rendered { rollout.trajectory.append(object: text.fields(node.inputs), to: &$0) },
                    outputs: rendered { rollout.trajectory.append(object: text.fields(node.outputs), to: &$0) }
                )
            )
        }
        var calls: [RenderedNumber]?
        if let own = member.parts?.calls {
            calls = []
            for number in own { calls?.append(rendered(number)) }
        }
        return RenderedMember(advantage: advantage, samples: samples, calls: calls)
    }
}
