internal import JSON

extension Verdict {
    /// What was said of several at once.
    enum Values: Sendable, Hashable {
        /// By name; nil: there is none.
        case named([String: Double?])
        /// In the order of the question.
        case listed([Double?])
    }

    /// Reads `values` (an object by name) or `rewards` (a list in the order of the question), where one is there.
    ///
    /// - Throws: ``TryFailure`` of the kind garbage.
    static func values(in object: JSONObject) throws(TryFailure) -> Values? {
        switch (object["values"], object["rewards"]) {
        case (.object(let given)?, _):
            var named: [String: Double?] = [:]
            for entry in given.entries { named.updateValue(try number(entry.value), forKey: entry.key.string) }
            return .named(named)
        case (nil, .array(let given)?):
            var listed: [Double?] = []
            for value in given { listed.append(try number(value)) }
            return .listed(listed)
        case (nil, nil): return nil
        case (nil, _): throw TryFailure(.garbage, "the answer has `rewards` that are no list of numbers and nulls")
        default: throw TryFailure(.garbage, "the answer has `values` that are no object of numbers and nulls")
        }
    }

    /// A finite number, or null.
    static func number(_ value: JSONValue) throws(TryFailure) -> Double? {
        if value == .null { return nil }
        guard let number = value.asNumber, number.isFinite else {
            throw TryFailure(.garbage, "the answer has a value that is no finite number and not null")
        }
        return number
    }
}

extension TryOutcome {
    /// The outcome as an answer to that question: one about several must give each its value, one about a single rollout
    /// must not.
    func checked(for request: JudgeRequest) -> TryOutcome {
        guard case .said(let verdict) = self, !verdict.isError else { return self }
        func garbage(_ message: String) -> TryOutcome { .failed(TryFailure(.garbage, "the answer \(message)")) }
        if request.members.isEmpty {
            return verdict.values == nil ? self : garbage("is about several rollouts; it was asked about one")
        }
        switch verdict.values {
        case nil:
            // it has nothing to say of any of them
            if verdict.value == nil { return self }
            return garbage(
                "is a single `reward`; it was asked about a group: `values` by thread, or `rewards` in order"
            )
        case .listed(let list)?:
            guard list.count == request.members.count else {
                return garbage("has \(list.count) `rewards` for \(request.members.count) rollouts")
            }
            var named = verdict
            named.values = .named(Dictionary(zip(request.members, list)) { first, _ in first })
            return .said(named)
        case .named(let named)?:
            guard let stranger = named.keys.sorted().first(where: { !request.members.contains($0) }) else {
                return self
            }
            return garbage("has a value of `\(stranger.prefix(100))`, whom it was not asked about")
        }
    }
}

extension Verdict {
    /// How the question ended.
    var status: JudgeAnswer.Status {
        if isError { return .error }
        return value == nil && known.isEmpty ? .none : .ok
    }

    /// The values that there are, by name.
    var known: [String: Double] {
        guard !isError, case .named(let named)? = values else { return [:] }
        return named.compactMapValues(\.self)
    }
}
