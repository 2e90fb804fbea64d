import JSON

extension Rollout {
    convenience init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var tenant: Text = "", thread: Text = ""
        var pairing: Pairing?
        var reward: Double?
        var exclusion: ExclusionReason?
        var rewards: [RewardValue] = []
        var trajectory = Trajectory(
            key: ThreadKey(tenant: "", thread: ""),
            source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 0),
            entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
        )
        trajectory.hasStart = true
        var isTold = false
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: tenant = try reader.text(tag)
            case 2: thread = try reader.text(tag)
            case 3: pairing = try Pairing(reader.message(tag, "Pairing"))
            case 4: reward = try reader.double(tag)
            case 5:
                exclusion = try ExclusionReason(rawValue: reader.text(tag).string)
                guard exclusion != nil else { throw reader.problem("has an unknown reason of exclusion") }
            case 6: rewards.append(try RewardValue(reader.message(tag, "Reward")))
            case 7:
                try trajectory.readFacts(reader.message(tag, "Facts"))
                isTold = true
            case 8:
                if trajectory.nodes.isEmpty { trajectory.nodes.reserveCapacity(4) }
                trajectory.nodes.append(try NodeExecution(reader.message(tag, "Node")))
            case 9: trajectory.fields = try reader.fields(tag)
            case 10: trajectory.calls.append(try ModelCall(reader.message(tag, "Call")))
            case 11: trajectory.finalFields = try reader.fields(tag)
            case 12: trajectory.arena = try reader.data(tag)
            default: throw reader.unknown(tag)
            }
        }
        guard let pairing, isTold else { throw reader.problem("lacks its pairing or its facts") }
        trajectory.key = ThreadKey(tenant: tenant, thread: thread)
        try trajectory.checkRanges(reader)
        switch (reward, exclusion) {
        case (let reward?, nil): self.init(trajectory, pairing, (.success(reward), rewards))
        case (nil, let reason?): self.init(trajectory, pairing, (.failure(Exclusion(reason)), rewards))
        default: throw reader.problem("needs either a reward or a reason why there is none")
        }
    }
}

extension Trajectory {
    /// Every range within what it is a range of: nobody looks again.
    fileprivate func checkRanges(_ reader: borrowing ProtobufReader) throws(ScoredProblem) {
        let bytes = arena.count
        let inside = { (field: SampleField) in field.name.end <= bytes && field.value.end <= bytes }
        guard fields.allSatisfy(inside), finalFields.allSatisfy(inside) else {
            throw reader.problem("has a field outside of its text")
        }
        guard calls.allSatisfy({ $0.isWithin(bytes) }) else { throw reader.problem("has a call outside of its text") }
        for node in nodes {
            guard node.node.end <= bytes, node.inputs.end <= fields.count, node.outputs.end <= fields.count,
                node.removed.end <= fields.count, node.request < calls.count
            else { throw reader.problem("has a node outside of its fields") }
        }
    }

    fileprivate mutating func readFacts(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        while let tag = try reader.tag() {
            switch tag.field {
            case 1:
                switch try reader.varint(tag) {
                case 1: outcome = .completed
                case 2: outcome = .failed
                case 3: outcome = .incomplete
                case let other: throw reader.problem("has outcome \(other)")
                }
            case 2: source.partition = Int32(try reader.count(tag))
            case 3: source.firstOffset = try reader.signed(tag)
            case 4: source.lastOffset = try reader.signed(tag)
            case 5: entry.first = RestorePlan.First(offset: source.firstOffset, index: try reader.count(tag))
            case 6: claimTime = try reader.signed(tag)
            case 7: decisionTime = try reader.signed(tag)
            case 8: startedAt = try reader.signed(tag)
            case 9: endedAt = try reader.signed(tag)
            case 10: nodesSeen = try reader.count(tag)
            case 11: toolCalls = try reader.count(tag)
            case 12: toolFailures = try reader.count(tag)
            case 13: duplicates = try reader.count(tag)
            case 14: late = try reader.count(tag)
            case 15: missing = try reader.varint(tag)
            case 16:
                var inner = try reader.message(tag, "Facts")
                while let sequence = try inner.packed() { missingSequences.append(sequence) }
            case 17: reordered = try reader.flag(tag)
            case 18: resyncs = try reader.count(tag)
            case 19: hasState = try reader.flag(tag)
            case 20: stateVerified = try reader.flag(tag)
            case 21: finalStateDigest = try reader.data(tag)
            case 22: finalIsObject = try reader.flag(tag)
            case 23: traceparent = try reader.text(tag)
            case 24: source.topic = Int32(try reader.count(tag))
            case 25: oversize = try reader.count(tag)
            case 26: learning = try LearningVectors(reader.message(tag, "Vectors"))
            default: throw reader.unknown(tag)
            }
        }
    }
}
