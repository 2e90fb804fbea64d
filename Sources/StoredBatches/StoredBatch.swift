package import JSON
package import Reinforce

/// A batch that was written before, read back.
package struct StoredBatch {
    /// Where it stands.
    package let place: String
    package let value: JSONValue
    package let groups: [StoredGroup]

    /// - Parameter bytes: JSON, or a `TrainingBatch` of `docs/reinforce.proto`.
    /// - Throws: why the bytes are no batch, in one sentence.
    package init(_ bytes: [UInt8], _ place: String) throws(NoBatch) {
        self.place = place
        value = try Self.read(bytes)
        guard case .array(let list)? = value["groups"], let tenant = value["tenant_id"]?.asText,
            value["batch_id"]?.asText != nil
        else { throw NoBatch(description: "it lacks `batch_id`, `tenant_id` or `groups`") }
        var groups: [StoredGroup] = []
        for group in list {
            guard let id = group["group_id"]?.asText, group["digest"]?.asText != nil else {
                throw NoBatch(description: "one of its groups lacks `group_id` or `digest`")
            }
            let key = GroupKey(tenant: tenant, group: id)
            groups.append(StoredGroup(key: key, place: place, value: group, isProtobuf: Self.isProtobuf(bytes)))
        }
        self.groups = groups
    }

    /// They begin with the tag of field 1, `schema_version`, as no JSON does.
    private static func isProtobuf(_ bytes: [UInt8]) -> Bool { bytes.first == 0x08 }

    private static func read(_ bytes: [UInt8]) throws(NoBatch) -> JSONValue {
        guard isProtobuf(bytes) else {
            do {
                // a group that no topic could take may stand in a file
                return try JSONValue(parsing: bytes, limits: JSONLimits(maxBytes: .max))
            } catch {
                throw NoBatch(description: "it is no JSON: \(error)")
            }
        }
        do {
            return try JSONValue(trainingBatch: bytes)
        } catch {
            throw NoBatch(description: "\(error.message), at byte \(error.byte)")
        }
    }

    package var id: String { value["batch_id"]?.asText?.string ?? "" }
    package var sequence: Int64? { value["sequence"]?.asInteger }

    /// SHA-256 over the digests of its groups in order, hexadecimal.
    package var computedID: String {
        sha256(groups.flatMap { bytes(hexadecimal: $0.digest) }).hexadecimal
    }

    package struct NoBatch: Error, CustomStringConvertible { package let description: String }
}

/// A group that was written before, read back.
package struct StoredGroup {
    package let key: GroupKey
    package let place: String
    package let value: JSONValue
    /// What a setting left out cannot be told from what is empty.
    package let isProtobuf: Bool

    package var digest: String { value["digest"]?.asText?.string ?? "" }
    package var revision: Int64 { value["revision"]?.asInteger ?? 0 }

    /// The digest of its content, hexadecimal; nil where a part of it was left out.
    package func computedDigest(_ estimator: JSONValue) -> String? {
        guard case .object(let object) = value else { return nil }
        let content = JSONValue.digestContent(ofGroup: object, tenant: key.tenant, estimator: estimator)
        return content.map { sha256($0.exactBytes).hexadecimal }
    }
}

/// The bytes that hexadecimal digits stand for; none of anything else.
package func bytes(hexadecimal text: String) -> [UInt8] {
    let digits = text.utf8.map { UInt8($0) }
    guard digits.count.isMultiple(of: 2) else { return [] }
    var bytes: [UInt8] = []
    for at in stride(from: 0, to: digits.count, by: 2) {
        guard let byte = UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16) else { return [] }
        bytes.append(byte)
    }
    return bytes
}
