public import JSON

/// Writes groups as JSON or protobuf and takes their digests. One renderer serves one thread.
public final class GroupRenderer {
    private let estimator: Estimator
    private let leftOut: RecordPart
    private let topics: [Text]
    private let format: BatchConfiguration.Format
    private let sha = SHA256()
    private var canonical: [UInt8] = []
    private var texts: [UInt8] = []

    /// - Parameters:
    ///   - estimator: stands in the digest.
    ///   - configuration: what is written, and how.
    ///   - topics: the events topics that sources name, by their numbers.
    public init(_ estimator: Estimator, _ configuration: BatchConfiguration, topics: [Text]) {
        self.topics = topics
        self.estimator = estimator
        format = configuration.format
        leftOut = RecordPart(leftOutBy: configuration)
    }

    /// Renders a group.
    public func render(_ group: DecidedGroup) -> RenderedGroup {
        // taken out while it grows, so that nobody else holds it
        var rendered = RenderedTexts(bytes: texts)
        texts = []
        rendered.bytes.removeAll(keepingCapacity: true)
        var rollouts: [RolloutRow] = []
        rollouts.reserveCapacity(group.members.count)
        for member in group.members { rollouts.append(RolloutRow(member, rendered.render(member), topics: topics)) }
        let example = rendered.rendered { JSONValue.object(group.example.data).writeExact(to: &$0) }
        texts = rendered.bytes
        var row = GroupRow(group: group, rollouts: rollouts, estimator: estimator, example: example)
        var text = RecordText(bytes: canonical, texts: texts, leftOut: [])
        canonical = []
        text.bytes.removeAll(keepingCapacity: true)
        RecordTable<GroupRow>.group.append(digestOf: row, to: &text)
        let digest = sha.hash(text.bytes)
        canonical = text.bytes
        row.digest = digest.hexadecimal
        return RenderedGroup(
            group: group,
            body: body(row),
            format: format,
            digest: digest,
            votes: group.statistics.votes
        )
    }

    private func body(_ row: GroupRow) -> [UInt8] {
        switch format {
        case .json:
            var text = RecordText(bytes: [], texts: texts, leftOut: leftOut)
            text.bytes.reserveCapacity(canonical.count + canonical.count / 4)
            RecordTable<GroupRow>.group.append(jsonOf: row, to: &text)
            return text.bytes
        case .protobuf:
            var message = RecordMessage(
                writer: ProtobufWriter(reserving: canonical.count),
                texts: texts,
                leftOut: leftOut
            )
            RecordTable<GroupRow>.group.append(protobufOf: row, to: &message)
            return message.writer.bytes
        }
    }
}

extension RecordPart {
    init(leftOutBy configuration: BatchConfiguration) {
        self =
            switch configuration.samples {
            case .both: []
            case .text: .sampleFields
            case .fields: .sampleText
            case .none: .samples
            }
        switch configuration.calls {
        case .all: break
        case .tokens: insert(.callText)
        case .text: insert(.callTokens)
        case .none: insert(.calls)
        }
    }
}
