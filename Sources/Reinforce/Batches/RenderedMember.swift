import JSON

/// A member of a group whose texts lie rendered, so that digest and record copy the same bytes.
struct RenderedMember {
    let advantage: RenderedNumber
    let samples: [RenderedSample]
}

/// A sample whose texts lie rendered, escaped.
struct RenderedSample {
    let node: NodeExecution
    let name: RenderedText
    let prompt: RenderedText
    let completion: RenderedText
    let inputs: RenderedText
    let outputs: RenderedText
}

extension GroupRenderer {
    /// What `body` appends, as a range of the texts.
    func rendered(_ body: (inout [UInt8]) -> Void) -> RenderedText {
        let start = texts.count
        body(&texts)
        return RenderedText(start, texts.count)
    }

    func render(_ member: DecidedGroup.Member, advantage: Double) -> RenderedMember {
        let rollout = member.rollout
        let text = SampleText(trajectory: rollout.trajectory)
        let arena = rollout.trajectory.arena
        var samples: [RenderedSample] = []
        samples.reserveCapacity(rollout.trajectory.nodes.count)
        // what does not vote is named, not given to anyone
        for node in rollout.trajectory.nodes where member.votes && node.isSample {
            samples.append(
                RenderedSample(
                    node: node,
                    name: rendered { appendEscaped(arena.span(node.node), to: &$0) },
                    prompt: rendered { text.appendPrompt(node, to: &$0) },
                    completion: rendered { text.appendCompletion(node, to: &$0) },
                    inputs: rendered { rollout.trajectory.append(object: text.fields(node.inputs), to: &$0) },
                    outputs: rendered { rollout.trajectory.append(object: text.fields(node.outputs), to: &$0) }
                )
            )
        }
        let number = RenderedNumber(value: advantage, text: rendered { $0.append(number: advantage) })
        return RenderedMember(advantage: number, samples: samples)
    }
}
