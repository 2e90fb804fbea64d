internal import JSON

/// What is wrong with a record of `topics.policy`, continuing "the record …".
struct PolicyRecordProblem: Error, CustomStringConvertible {
    let description: String
}

/// A record of `topics.policy`: which version of the policy is the newest, `{"policy_version": 17}`, of one tenant where it
/// names one by `tenant_id`.
struct PolicyRecord: Hashable {
    /// Nil: of every tenant.
    let tenant: Text?
    let version: Int64

    /// Reads a record's value.
    ///
    /// - Throws: what is wrong with it.
    init(_ value: [UInt8]) throws(PolicyRecordProblem) {
        let parsed: JSONValue
        do throws(JSONError) { parsed = try JSONValue(parsing: value) } catch {
            throw PolicyRecordProblem(description: "does not parse: \(error)")
        }
        switch parsed["policy_version"] {
        case .integer(let number)?: version = number
        case .string(let text)?:
            guard let number = Int64(text.string) else {
                throw PolicyRecordProblem(description: "has a `policy_version` that is no whole number")
            }
            version = number
        default: throw PolicyRecordProblem(description: "has no `policy_version` (a whole number)")
        }
        switch parsed["tenant_id"] {
        case nil, .null?: tenant = nil
        case .string(let text)?: tenant = text
        default: throw PolicyRecordProblem(description: "has a `tenant_id` that is no string")
        }
    }
}
