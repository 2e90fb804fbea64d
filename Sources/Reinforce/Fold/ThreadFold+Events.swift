import DashStream
import JSON

extension ThreadFold {
    mutating func receiveEvent(
        _ event: borrowing EventView,
        _ message: borrowing StoredMessage,
        _ trajectory: inout Trajectory
    ) {
        if capturesVectors { capture(event, &trajectory) }
        switch event.eventType {
        case EventCode.graphStart:
            guard let initial = event.attribute(named: "initial_state_json")?.string else { return }
            trajectory.hasState = true
            state.start(initial)
        case EventCode.graphEnd: readRewards(event, &trajectory)
        case EventCode.nodeStart:
            state.lookAtFields()
            nodes.start(event.nodeID, sequence: message.sequence, at: message.eventTime, &state)
        case EventCode.nodeError: nodes.fail(event.nodeID, state)
        case EventCode.nodeEnd:
            state.lookAtFields()
            nodes.end(
                event.nodeID,
                sequence: message.sequence,
                duration: event.durationMicroseconds,
                at: message.eventTime,
                rewards: keepsNodeRewards ? [TraceReward](ownOf: event) : [],
                state
            )
            readRewards(event, &trajectory)
        case EventCode.llmStart...EventCode.llmRetry: calls.receive(event, message)
        default: break
        }
    }

    /// GRAPH_START: the first one is the run's start and its claim; each may name a pairing.
    mutating func receiveStart(
        _ message: borrowing StoredMessage,
        _ payload: RawSpan,
        _ entry: ThreadEntry,
        _ trajectory: inout Trajectory
    ) {
        let event = EventView(validated: message.body)
        if !trajectory.hasStart {
            trajectory.hasStart = true
            trajectory.startedAt = message.eventTime
            trajectory.claimTime = message.recordTime
        }
        if trajectory.traceparent == nil { trajectory.traceparent = StoredMessage.traceparent(payload, entry) }
        let attributes = PairingPlace(event)
        trajectory.places.add(attributes)
        if let manifestPointer, let text = event.attribute(named: "graph_manifest")?.string,
            let manifest = PairingPlace(manifest: text, at: manifestPointer)
        {
            trajectory.places.add(manifest)
        }
    }

    /// A checkpoint counts where it is whole: its checksum is over the uncompressed bytes.
    mutating func receiveCheckpoint(_ checkpoint: borrowing CheckpointView, _ trajectory: inout Trajectory) {
        let compression = checkpoint.compressionType
        guard checkpoint.checksum.byteCount > 0, compression == 0 || compression == 1, !state.work.isSpent else {
            return
        }
        if compression == 0 {
            guard sha.hash(checkpoint.state, is: checkpoint.checksum) else { return }
            trajectory.hasState = true
            return state.receive(checkpoint: checkpoint.state)
        }
        // a thousand bytes may hold ten million: opening them is work too, whether they turn out to be whole or not
        var uncompressed: [UInt8] = []
        defer { try? state.work.spend(2 * uncompressed.count) }
        guard (try? decompressor.decompress(checkpoint.state, limit: checkpointLimit, into: &uncompressed)) != nil,
            unsafe sha.hash(uncompressed.span.bytes, is: checkpoint.checksum)
        else { return }
        trajectory.hasState = true
        unsafe state.receive(checkpoint: uncompressed.span.bytes)
    }

    private func readRewards(_ event: borrowing EventView, _ trajectory: inout Trajectory) {
        event.forEachAttribute { name, value in
            guard name.byteCount > 10, name.hasPrefix("rl.reward."),
                let label = Text(utf8: name.extracting(10..<name.byteCount))
            else { return }
            trajectory.rewards.append(TraceReward(name: label, value: value.float ?? value.integer.map(Double.init)))
        }
    }
}

extension RawSpan {
    /// Whether the bytes begin with a literal's.
    func hasPrefix(_ literal: StaticString) -> Bool {
        guard byteCount >= literal.utf8CodeUnitCount else { return false }
        for index in 0..<literal.utf8CodeUnitCount where unsafe byte(index) != literal.utf8Start[index] {
            return false
        }
        return true
    }
}
