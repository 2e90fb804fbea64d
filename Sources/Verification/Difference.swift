internal import JSON

/// One thing in which batches that were written differ from what the log gives.
public struct Difference: Sendable, Hashable, CustomStringConvertible {
    /// What is different, as a word that programs may look for.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The source of the batches is not whole.
        case cut
        /// A line that is no batch.
        case unparsable
        /// `batch_id` is not over the digests of its groups in order, or the sequence is broken.
        case order
        /// A field of the batch itself.
        case batch
        /// The estimator, or a knob of it.
        case estimator
        /// The version of the code or the schema that wrote it.
        case version
        /// A group's digest is not that of its own content: it was changed after it was written.
        case digest
        /// The example is another one, or has changed.
        case example
        /// A member that the log gives is missing.
        case missingMember = "missing_member"
        /// A member that the log does not give.
        case surplusMember = "surplus_member"
        /// A reward, or a component of one.
        case reward
        /// An advantage.
        case advantage
        /// Any other field of the group or a member.
        case field
        /// A group that the log gives is missing.
        case missingGroup = "missing_group"
        /// A group that the log does not give, or that comes again.
        case surplusGroup = "surplus_group"
    }

    /// What is different.
    public let kind: Kind
    /// Where it stands: a line of the file or an offset of the topic; empty: nowhere, it is missing.
    public let place: String
    /// The group's tenant; nil: of the batch as a whole.
    public var tenant: String?
    /// The group.
    public var group: String?
    /// The thread.
    public var thread: String?
    /// The field, as a path within its group or rollout; nil: more than one field.
    public var field: String?
    /// What is written, as JSON.
    public var written: String?
    /// What the log gives, as JSON.
    public var recomputed: String?
    /// What is different, continuing the place.
    public let message: String

    init(_ kind: Kind, _ place: String, _ message: String) {
        self.kind = kind
        self.place = place
        self.message = message
    }

    /// One sentence with the place, the group and the thread.
    public var description: String {
        var text = place.isEmpty ? "" : place + ": "
        if let group { text += "group \(group)" + (tenant.map { " of tenant `\($0)`" } ?? "") + ": " }
        if let thread { text += "rollout \(thread): " }
        return text + message
    }

    /// As a JSON object.
    func append(to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in [
            ("kind", kind.rawValue), ("place", place), ("tenant_id", tenant), ("group_id", group),
            ("thread_id", thread), ("field", field),
        ] {
            writer.key(name)
            if let value { writer.string(value) } else { writer.null() }
        }
        for (name, value) in [("written", written), ("recomputed", recomputed)] {
            writer.key(name)
            if let value { writer.raw(Array(value.utf8)) } else { writer.null() }
        }
        writer.key("message")
        writer.string(message)
        writer.endObject()
    }
}
