import JSON

/// `Call` of `docs/scored.proto`.
extension ModelCall {
    func write(to writer: inout ProtobufWriter) {
        writer.optional(1, model)
        writer.packed(3, promptTokenIDs)
        writer.packed(4, tokenIDs)
        writer.packed(5, logprobs)
        writer.optional(6, temperature)
        writer.optional(7, policyVersion)
        writer.flag(9, isCall)
        writer.optional(10, request)
        writer.optional(11, node)
        writer.optional(12, visit.map { UInt64($0) })
        writer.varint(13, status.number)
        writer.flag(14, isForeign)
        writer.optional(15, role)
        writer.flag(16, prompt != nil)
        writer.packed(17, (prompt ?? []).flatMap { [$0.isShared ? 1 : 0, $0.start, $0.count] })
        for message in messages { writer.message(18) { $0.packed(1, message.numbers) } }
        if let completion { writer.message(19) { $0.packed(1, completion.numbers) } }
        if let tools { writer.packed(20, [tools.start, tools.count]) }
        writer.optional(21, finishReason)
        if lossMask.contains(0) { writer.data(22, lossMask) }
        writer.varint(23, problem?.number ?? 0)
        writer.optional(24, tokenizer)
        writer.optional(25, topP)
        writer.optional(26, inputTokens.map { UInt64(bitPattern: $0) })
        writer.optional(27, outputTokens.map { UInt64(bitPattern: $0) })
        writer.optional(28, startedAt.map { UInt64(bitPattern: $0) })
        writer.optional(29, endedAt.map { UInt64(bitPattern: $0) })
        for reward in rewards { writer.message(30) { reward.write(to: &$0) } }
    }

    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        self.init()
        isCall = false
        var mask: [UInt8]?
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: model = try reader.text(tag)
            case 2: finishReason = Self.finishReason(try reader.signed(tag))
            case 3: promptTokenIDs = try reader.numbers(tag)
            case 4: tokenIDs = try reader.numbers(tag)
            case 5: logprobs = try reader.floats(tag)
            case 6: temperature = try reader.double(tag)
            case 7: policyVersion = try reader.text(tag)
            case 8: outputTokens = Int64(try reader.count(tag))
            case 9: isCall = try reader.flag(tag)
            case 10: request = try reader.text(tag)
            case 11: node = try reader.text(tag)
            case 12: visit = try reader.count(tag)
            case 13: status = try Self.status(reader.count(tag), reader)
            case 14: isForeign = try reader.flag(tag)
            case 15: role = try reader.text(tag)
            case 16: if try reader.flag(tag), prompt == nil { prompt = [] }
            case 17: prompt = try Self.runs(reader.numbers(tag), reader)
            case 18: messages.append(try CallMessage(reader.message(tag, "Message")))
            case 19: completion = try CallMessage(reader.message(tag, "Message"))
            case 20: tools = try Self.range(reader.numbers(tag), reader)
            case 21: finishReason = try reader.text(tag)
            case 22: mask = try reader.data(tag)
            case 23: problem = TokenProblem(number: try reader.count(tag))
            case 24: tokenizer = try reader.text(tag)
            case 25: topP = try reader.double(tag)
            case 26: inputTokens = try reader.signed(tag)
            case 27: outputTokens = try reader.signed(tag)
            case 28: startedAt = try reader.signed(tag)
            case 29: endedAt = try reader.signed(tag)
            case 30: rewards.append(try TraceReward(reader.message(tag, "TraceReward")))
            default: throw reader.unknown(tag)
            }
        }
        // versions that knew no calls sent ids and logprobs of any length
        if !logprobs.isEmpty, logprobs.count != tokenIDs.count { (tokenIDs, logprobs) = ([], []) }
        lossMask = mask ?? [UInt8](repeating: 1, count: tokenIDs.count)
        guard lossMask.count == tokenIDs.count, lossMask.allSatisfy({ $0 <= 1 }) else {
            throw reader.problem("has a mask of another length than its tokens")
        }
    }

    /// `finish_code` of versions that knew no calls.
    private static func finishReason(_ code: Int64) -> Text? {
        let names: [Int64: Text] = [1: "stop", 2: "length", 3: "content_filter", 4: "tool_calls", 5: "error"]
        return names[code]
    }

    private static func status(_ number: Int, _ reader: borrowing ProtobufReader) throws(ScoredProblem) -> Status {
        guard number < Status.allCases.count else { throw reader.problem("has status \(number)") }
        return Status.allCases[number]
    }

    private static func runs(_ numbers: [UInt32], _ reader: borrowing ProtobufReader) throws(ScoredProblem)
        -> [PromptRun]
    {
        guard numbers.count % 3 == 0 else { throw reader.problem("ends within a stretch of its prompt") }
        return stride(from: 0, to: numbers.count, by: 3).map { at in
            PromptRun(isShared: numbers[at] != 0, start: numbers[at + 1], count: numbers[at + 2])
        }
    }

    private static func range(_ numbers: [UInt32], _ reader: borrowing ProtobufReader) throws(ScoredProblem)
        -> ByteRange
    {
        guard numbers.count == 2 else { throw reader.problem("has a range of \(numbers.count) numbers") }
        return ByteRange(start: numbers[0], count: numbers[1])
    }

    /// Every range within a text of that many bytes.
    func isWithin(_ bytes: Int) -> Bool {
        messages.allSatisfy { $0.end <= bytes } && (completion?.end ?? 0) <= bytes && (tools?.end ?? 0) <= bytes
    }
}

extension ModelCall.Status {
    /// Its number on the wire.
    fileprivate var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
