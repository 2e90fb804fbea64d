import DashStream
import JSON

/// A GRAPH_START as it came by, and what it says of its thread's pairing.
struct NotedStart {
    let key: ThreadKey
    /// The message that opened its thread.
    let first: RestorePlan.First
    /// Record time of the thread's first message, milliseconds.
    let openedAt: Int64
    /// Record time of this one.
    let time: Int64
    let sequence: UInt64
    let places: [PairingPlace]

    /// Reads a message; nil where it is no GRAPH_START that a thread which is still open has taken.
    init?(
        _ unit: borrowing DashStream.Unit,
        _ reception: Reception,
        _ pointer: JSONPointer?,
        _ assembler: borrowing Assembler
    ) {
        guard case .accepted(let time) = reception, unit.kind == .event else { return nil }
        let event = EventView(validated: unit.body)
        guard event.eventType == EventCode.graphStart, let key = assembler.key(unit) else { return nil }
        let tenant = unit.header.tenantID
        let hash = assembler.keyHash(tenant, unit.header.threadID)
        guard let slot = assembler.find(hash, tenant, unit.header.threadID), let thread = assembler.threads[slot] else {
            return nil
        }
        first = thread.first
        openedAt = thread.firstTimestamp
        self.time = time
        self.key = key
        sequence = unit.header.sequence
        places = Self.places(event, pointer)
    }

    /// Reads a stored message of an open thread.
    init(_ message: borrowing StoredMessage, _ key: ThreadKey, _ thread: OpenThread, _ pointer: JSONPointer?) {
        self.key = key
        first = thread.first
        openedAt = thread.firstTimestamp
        time = message.recordTime
        sequence = message.sequence
        places = Self.places(EventView(validated: message.body), pointer)
    }

    private static func places(_ event: borrowing EventView, _ pointer: JSONPointer?) -> [PairingPlace] {
        var places: [PairingPlace] = []
        places.add(PairingPlace(event))
        if let pointer, let text = event.attribute(named: "graph_manifest")?.string,
            let manifest = PairingPlace(manifest: text, at: pointer)
        {
            places.add(manifest)
        }
        return places
    }
}
