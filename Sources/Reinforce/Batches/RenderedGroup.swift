public import JSON

/// A group as it is written: its bytes, its digest, and what a batch must know of it.
public struct RenderedGroup: Sendable {
    /// The group.
    public let group: DecidedGroup
    /// The JSON object of `advantages.md`, section 5, or the message `Group` of `docs/reinforce.proto`.
    public let body: [UInt8]
    /// Which of both.
    public let format: BatchConfiguration.Format
    /// SHA-256 of its content, 32 bytes.
    public let digest: [UInt8]
    /// Rollouts that vote.
    public let votes: Int
}

/// Writes groups as JSON or protobuf and takes their digests. One renderer serves one thread.
public final class GroupRenderer {
    let estimator: Estimator
    let samples: BatchConfiguration.Samples
    let topics: [Text]
    let format: BatchConfiguration.Format
    let sha = SHA256()
    private var canonical: [UInt8] = []
    var texts: [UInt8] = []

    /// - Parameters:
    ///   - estimator: stands in the digest.
    ///   - samples: which half of a sample is written.
    ///   - topic: the events topic that sources name.
    ///   - format: how groups are written.
    public convenience init(
        _ estimator: Estimator,
        samples: BatchConfiguration.Samples,
        topic: Text,
        format: BatchConfiguration.Format = .json
    ) {
        self.init(estimator, samples: samples, topics: [topic], format: format)
    }

    /// - Parameters:
    ///   - estimator: stands in the digest.
    ///   - samples: which half of a sample is written.
    ///   - topics: the events topics that sources name, by their numbers.
    ///   - format: how groups are written.
    public init(
        _ estimator: Estimator,
        samples: BatchConfiguration.Samples,
        topics: [Text],
        format: BatchConfiguration.Format = .json
    ) {
        self.topics = topics
        self.format = format
        self.estimator = estimator
        self.samples = samples
    }

    /// Renders a group. `advantages`: in the order of its members, where a batch decided them; else the group's own.
    public func render(_ group: DecidedGroup, advantages: [Double]? = nil) -> RenderedGroup {
        let own = advantages ?? group.members.map(\.advantage)
        texts.removeAll(keepingCapacity: true)
        // what does not vote is named, not given to anyone
        let rendered = group.members.map { $0.votes ? renderSamples($0.rollout) : [] }
        // a number that stands in every sample is found once
        let numbers = own.map { value in
            let start = texts.count
            texts.append(number: value)
            return ByteRange(start, texts.count)
        }
        canonical.removeAll(keepingCapacity: true)
        appendCanonicalContent(group, numbers, rendered, to: &canonical)
        let digest = sha.hash(canonical)
        let body: [UInt8]
        switch format {
        case .json:
            var json: [UInt8] = []
            json.reserveCapacity(canonical.count + canonical.count / 4)
            append(group, numbers, rendered, digest, to: &json)
            body = json
        case .protobuf:
            var writer = ProtobufWriter(reserving: canonical.count)
            write(group, own, rendered, digest, to: &writer)
            body = writer.bytes
        }
        return RenderedGroup(
            group: group,
            body: body,
            format: format,
            digest: digest,
            votes: group.statistics.votes
        )
    }

    /// The events topic that a rollout came from.
    func topic(of rollout: Rollout) -> Text {
        let number = Int(rollout.source.topic)
        return topics.indices.contains(number) ? topics[number] : topics.first ?? ""
    }

    /// A sample whose texts lie in `texts`, escaped, so that digest and record copy the same bytes.
    struct RenderedSample {
        let node: NodeExecution
        let prompt: ByteRange
        let completion: ByteRange
        let inputs: ByteRange
        let outputs: ByteRange
    }

    private func renderSamples(_ rollout: Rollout) -> [RenderedSample] {
        let text = SampleText(trajectory: rollout.trajectory)
        var samples: [RenderedSample] = []
        samples.reserveCapacity(rollout.trajectory.nodes.count)
        for node in rollout.trajectory.nodes where node.isSample {
            let start = texts.count
            text.appendPrompt(node, to: &texts)
            let promptEnd = texts.count
            text.appendCompletion(node, to: &texts)
            let completionEnd = texts.count
            rollout.trajectory.append(object: text.fields(node.inputs), to: &texts)
            let inputsEnd = texts.count
            rollout.trajectory.append(object: text.fields(node.outputs), to: &texts)
            samples.append(
                RenderedSample(
                    node: node,
                    prompt: ByteRange(start, promptEnd),
                    completion: ByteRange(promptEnd, completionEnd),
                    inputs: ByteRange(completionEnd, inputsEnd),
                    outputs: ByteRange(inputsEnd, texts.count)
                )
            )
        }
        return samples
    }
}
