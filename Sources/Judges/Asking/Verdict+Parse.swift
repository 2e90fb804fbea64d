internal import JSON

extension Verdict {
    /// Characters of an explanation that are kept.
    private static let longest = 2000

    /// Reads `{"id", "reward": number|null, "status"?, "explanation"?}`, or the same with `values` or `rewards` of several.
    ///
    /// - Throws: ``TryFailure`` of the kind garbage, which says what is wrong.
    static func parse(_ bytes: [UInt8]) throws(TryFailure) -> (id: String?, verdict: Verdict) {
        func garbage(_ message: String) -> TryFailure { TryFailure(.garbage, "the answer \(message)") }
        guard let parsed = try? JSONValue(parsing: bytes) else { throw garbage("is no JSON") }
        guard case .object(let object) = parsed else { throw garbage("is no JSON object") }
        var id: String?
        switch object["id"] {
        case nil, .null?: break
        case .string(let text)?: id = text.string
        default: throw garbage("has an `id` that is no text")
        }
        var verdict = Verdict()
        switch object["explanation"] {
        case nil, .null?: break
        case .string(let text)?: verdict.explanation = String(text.string.prefix(longest))
        default: throw garbage("has an `explanation` that is no text")
        }
        verdict.values = try values(in: object)
        switch object["reward"] {
        case nil where verdict.values != nil: break
        case nil: throw garbage("has no `reward` (a number, or null)")
        case .null?: break
        case let given?:
            guard let number = given.asNumber else { throw garbage("has a `reward` that is no number and not null") }
            guard number.isFinite else { throw garbage("has a `reward` that is not finite") }
            verdict.value = number
        }
        switch object["status"] {
        case nil, .null?: break
        case .string("ok")?:
            if verdict.value == nil, verdict.values == nil { throw garbage("has the status ok without a reward") }
        case .string("none")?: if verdict.value != nil { throw garbage("has the status none with a reward") }
        case .string("error")?:
            verdict.value = nil
            verdict.values = nil
            verdict.isError = true
        default: throw garbage("has a `status` that is not ok, none or error")
        }
        return (id, verdict)
    }
}

extension Verdict {
    /// The id that a line names, though it may be no answer.
    static func id(of bytes: [UInt8]) -> String? {
        guard case .string(let text)? = (try? JSONValue(parsing: bytes))?["id"] else { return nil }
        return text.string
    }
}
