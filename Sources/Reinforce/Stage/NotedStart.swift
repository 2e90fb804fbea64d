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

    /// Reads a message that the open thread in a slot has taken; nil where there is none.
    init?(
        _ unit: borrowing DashStream.Unit,
        in slot: Int,
        at time: Int64,
        _ pointer: JSONPointer?,
        _ assembler: borrowing Assembler
    ) {
        guard let key = assembler.key(unit), let first = assembler.threads[slot]?.first,
            let openedAt = assembler.threads[slot]?.firstTimestamp
        else { return nil }
        self.key = key
        self.first = first
        self.openedAt = openedAt
        self.time = time
        sequence = unit.header.sequence
        places = Self.places(EventView(validated: unit.body), pointer)
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
