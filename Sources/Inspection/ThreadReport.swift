internal import JSON
internal import Pipeline
public import Reinforce
public import Terminal

/// One thread, message by message, as text or JSON.
public struct ThreadReport: Sendable {
    /// The thread.
    public let key: ThreadKey
    /// Its messages, in order.
    public let entries: [TimelineEntry]
    /// The state at the end, as canonical JSON; nil where nothing has set one.
    public let finalState: String?
    /// What becomes of it; nil where only messages without an order were found.
    public var ledger: LedgerEntry?
    /// Records that hold a message of it.
    public let records: Int
    /// Where they stand.
    public let topic: String
    /// Its model calls as they stand in the record, a JSON array; nil where its text was given up.
    public var calls: [UInt8]?
    /// Examples were given, so that the thread could be paired and scored.
    public let isScored: Bool
    /// The ledger entry comes from a replay of the whole log, so that its group is decided.
    public var isDecided = false

    /// For a person.
    public func text(_ style: TextStyle) -> String {
        var text = style.bold("thread \(printable(key.thread.string))") + "  tenant \(printable(key.tenant.string))\n"
        text += summary(style) + "\n"
        var last: Int64?
        for entry in entries {
            if entry.missingBefore > 0 {
                text += style.bad("       ✗ \(entry.missingBefore) sequence numbers are missing here") + "\n"
            }
            text += line(entry, last, style)
            last = entry.eventTime
        }
        if let calls, let value = try? JSONValue(parsing: calls, limits: JSONLimits(maxBytes: .max)),
            !value.elements.isEmpty
        {
            text += "\nmodel calls:\n" + ChatView(style: style, indent: "  ").text(value.elements)
        }
        if let finalState { text += "\nstate at the end: \(printable(finalState, limit: 4000))\n" }
        return text
    }

    private func summary(_ style: TextStyle) -> String {
        var text = "  \(entries.count) messages in \(records) records of \(printable(topic))"
        guard let ledger else {
            return text + "\n  "
                + style.bad(
                    "it has only messages without a place in the order (tokens, tools, progress): no thread begins here, so it has no fate"
                ) + "\n"
        }
        let source = ledger.source
        text += ", partition \(source.partition), offsets \(source.firstOffset) to \(source.lastOffset)\n"
        text += "  outcome \(ledger.outcome.rawValue); \(ledger.duplicates) duplicates, \(ledger.late) late, "
        text += "\(ledger.missing) missing; state "
        text += ledger.stateVerified ? style.good("verified") : style.bad("not verified")
        if ledger.resyncs > 0 { text += ", \(ledger.resyncs) resyncs" }
        text += "\n  " + pairing(ledger, style) + "\n  " + fate(ledger, style) + "\n"
        return text
    }

    private func pairing(_ ledger: LedgerEntry, _ style: TextStyle) -> String {
        guard let pairing = ledger.pairing else {
            return style.odd("no pairing" + (ledger.reason.map { " (\($0.rawValue))" } ?? ""))
        }
        return
            "paired with example \(printable(pairing.exampleID.string)), group \(printable(pairing.groupID.string)), "
            + "slot \(pairing.rolloutIndex) of \(pairing.groupSize), policy \(printable(pairing.policyVersion.string)), "
            + "attempt \(pairing.attempt)"
    }

    private func fate(_ ledger: LedgerEntry, _ style: TextStyle) -> String {
        if ledger.reason == .unknownExample, !isScored {
            return style.dim("no examples were given, so nothing is scored")
        }
        if let reason = ledger.reason { return "fate: " + style.bad("excluded, \(reason.rawValue)") }
        let parts = ledger.rewards.map(\.inspected)
        var text = "reward \(ledger.reward.map(shortNumber) ?? "none") (\(parts.joined(separator: ", ")))"
        if isDecided {
            text +=
                ", advantage \(ledger.advantage.map(shortNumber) ?? "none"), fate: " + style.good(ledger.fate.rawValue)
        } else {
            text += "; its group decides the rest"
        }
        for said in ledger.rewards.compactMap(\.sayingText) { text += "\n    " + style.dim(said) }
        return text
    }

    private func line(_ entry: TimelineEntry, _ last: Int64?, _ style: TextStyle) -> String {
        let time = last.map { delta($0, entry.eventTime) } ?? clock(entry.eventTime)
        let sequence = entry.standing == .auxiliary ? "·" : String(entry.sequence)
        var text = "  " + sequence.padded(-5) + " " + style.dim(time.padded(-13)) + "  "
        let name = entry.kind + (entry.node.isEmpty ? "" : " \(printable(entry.node))")
        text += entry.standing == .auxiliary ? style.dim(name) : style.bold(name)
        if entry.standing == .late { text += style.bad(" late: above the terminator") }
        if let verified = entry.isVerified { text += verified ? style.good(" ✓") : style.bad(" ✗ not verified") }
        text += style.dim("  @\(entry.position.partition):\(entry.position.offset)")
        if entry.index > 0 { text += style.dim("#\(entry.index)") }
        for again in entry.duplicates { text += style.odd("  again @\(again.partition):\(again.offset)") }
        text += "\n"
        let details = entry.details.map { "\(printable($0.name)) \(printable($0.value, limit: 80))" }
        if !details.isEmpty { text += style.dim("        " + details.joined(separator: ", ")) + "\n" }
        for change in entry.changes {
            let field = printable(change.field.isEmpty ? "(state)" : change.field)
            text += "        \(field): "
            switch (change.before, change.after) {
            case (nil, let after?): text += style.good("+ \(printable(after, limit: 160))")
            case (let before?, nil): text += style.bad("− \(printable(before, limit: 160))")
            case (let before?, let after?): text += "\(printable(before, limit: 80)) → \(printable(after, limit: 160))"
            case (nil, nil): break
            }
            text += "\n"
        }
        return text
    }

    /// The time from one message to the next; of any two times, however far apart.
    private func delta(_ before: Int64, _ after: Int64) -> String {
        let sign = after < before ? "−" : "+"
        // between the ends of 64 bits a difference does not fit into a signed number
        let magnitude = UInt64(bitPattern: after < before ? before &- after : after &- before)
        return magnitude < 10_000 ? "\(sign)\(magnitude) µs" : "\(sign)\(magnitude / 1000) ms"
    }

    /// As one JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in [("tenant_id", key.tenant.string), ("thread_id", key.thread.string), ("topic", topic)] {
            writer.key(name)
            writer.string(text)
        }
        writer.key("records")
        writer.integer(Int64(records))
        writer.key("decided")
        writer.bool(isDecided)
        writer.key("ledger")
        if let ledger {
            var line: [UInt8] = []
            ledger.append(to: &line)
            writer.raw(line)
        } else {
            writer.null()
        }
        writer.key("final_state")
        if let finalState { writer.raw(Array(finalState.utf8)) } else { writer.null() }
        writer.key("calls")
        if let calls { writer.raw(calls) } else { writer.null() }
        writer.key("messages")
        writer.beginArray()
        for entry in entries { append(entry, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func append(_ entry: TimelineEntry, to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, number) in [
            ("partition", Int64(entry.position.partition)), ("offset", entry.position.offset),
            ("timestamp_ms", entry.position.timestamp), ("index", Int64(entry.index)),
            ("timestamp_us", entry.eventTime),
        ] {
            writer.key(name)
            writer.integer(number)
        }
        writer.key("sequence")
        writer.raw(Array(String(entry.sequence).utf8))
        writer.key("missing_before")
        writer.raw(Array(String(entry.missingBefore).utf8))
        for (name, text) in [
            ("message_id", entry.messageID), ("kind", entry.kind), ("node", entry.node),
            ("standing", entry.standing.rawValue),
        ] {
            writer.key(name)
            writer.string(text)
        }
        writer.key("details")
        writer.beginArray()
        for detail in entry.details {
            writer.beginArray()
            writer.string(detail.name)
            writer.string(detail.value)
            writer.endArray()
        }
        writer.endArray()
        writer.key("duplicates")
        writer.beginArray()
        for again in entry.duplicates {
            writer.beginObject()
            writer.key("partition")
            writer.integer(Int64(again.partition))
            writer.key("offset")
            writer.integer(again.offset)
            writer.endObject()
        }
        writer.endArray()
        writer.key("verified")
        if let verified = entry.isVerified { writer.bool(verified) } else { writer.null() }
        writer.key("changes")
        writer.beginArray()
        for change in entry.changes {
            writer.beginObject()
            writer.key("field")
            // it is escaped already, as it stands in a string literal
            writer.raw(Array("\"\(change.field)\"".utf8))
            for (name, value) in [("before", change.before), ("after", change.after)] {
                writer.key(name)
                if let value { writer.raw(Array(value.utf8)) } else { writer.null() }
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
