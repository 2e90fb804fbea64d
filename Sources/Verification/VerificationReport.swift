public import Files
internal import JSON

/// What a verification found.
public struct VerificationReport: Sendable {
    /// Batches that were read.
    public var batches = 0
    /// Groups that are written or should be.
    public var groups = 0
    /// Groups that are, to the bit, what the log gives.
    public var verified = 0
    /// Groups that a later revision in the same source takes the place of.
    public var superseded = 0
    /// Rollouts whose records stand at other offsets of this log.
    public var moved = 0
    /// Everything that differs.
    public var differences: [Difference] = []
    /// The log was not whole; what came before was processed.
    public var problem: InputError?

    /// Nothing yet.
    public init() {}

    /// Nothing differs.
    public var isProven: Bool { differences.isEmpty && verified == groups }

    /// For a person: the count, then a line for each difference.
    ///
    /// - Parameter limit: differences that are named; 0: all.
    public func text(limit: Int = 0) -> String {
        var text = "verified \(verified) of \(groups) groups in \(batches) batches"
        if superseded > 0 { text += ", \(superseded) earlier revisions passed over" }
        text += "\n"
        let shown = limit > 0 ? Array(differences.prefix(limit)) : differences
        for difference in shown { text += "  \(difference)\n" }
        if shown.count < differences.count { text += "  … and \(differences.count - shown.count) more differences\n" }
        if moved > 0 {
            text += "  note: the records of \(moved) rollouts stand at other offsets of this log than the batches say\n"
        }
        return text
    }

    /// As one JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, count) in [
            ("verified", verified), ("groups", groups), ("batches", batches), ("superseded", superseded),
            ("moved", moved),
        ] {
            writer.key(name)
            writer.integer(Int64(count))
        }
        writer.key("proven")
        writer.bool(isProven)
        writer.key("differences")
        writer.beginArray()
        for difference in differences { difference.append(to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
