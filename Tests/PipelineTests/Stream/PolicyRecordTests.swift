import JSON
import Testing

@testable import Pipeline

/// Records of `topics.policy`, right and wrong.
@Suite struct PolicyRecordTests {
    @Test(arguments: [
        (#"{"policy_version":17}"#, nil, Int64(17)), (#"{"policy_version":"17","tenant_id":"acme"}"#, "acme", 17),
        (#"{"policy_version":-1,"tenant_id":null,"more":[]}"#, nil, -1),
    ])
    func aVersionIsANumberOrItsText(_ text: String, _ tenant: String?, _ version: Int64) throws {
        let record = try PolicyRecord(Array(text.utf8))
        #expect(record.version == version)
        #expect(record.tenant?.string == tenant)
    }

    @Test(arguments: [
        ("", "does not parse"), ("17", "no `policy_version`"), (#"{"policy_version":"v17"}"#, "no whole number"),
        (#"{"policy_version":1.5}"#, "no `policy_version` (a whole number)"),
        (#"{"policy_version":1,"tenant_id":2}"#, "`tenant_id` that is no string"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ message: String) {
        let error = #expect(throws: PolicyRecordProblem.self) { try PolicyRecord(Array(text.utf8)) }
        #expect(error?.description.contains(message) == true)
    }
}
