/// What a group comes to when it is written, known before it is.
extension DecidedGroup {
    /// Bytes that its record has at least: the fields of its samples, the chats and tokens of its calls, as often as they are written.
    ///
    /// - Parameter enough: no more is counted than until so many are reached, since a chat that grows is written whole with
    ///   each of its calls.
    func leastBytes(_ configuration: BatchConfiguration, enough: Int = .max) -> Int {
        var sum = 0
        for member in members where member.votes {
            let (text, fields) = configuration.samples.halves
            let size = text || fields ? member.rollout.fieldBytes : 0
            if text { sum += configuration.format.leastBytes(ofText: size) }
            if fields { sum += size }
            if configuration.calls != .none, sum < enough {
                sum += member.rollout.callBytes(configuration, enough: enough - sum)
            }
            guard sum < enough else { break }
        }
        return sum
    }

    /// Bytes that its members hold, roughly.
    public var heldBytes: Int { members.reduce(4096) { $0 + $1.rollout.heldBytes } }

    /// Bytes that writing it takes, roughly.
    public var sampleBytes: Int {
        members.lazy.filter(\.votes).reduce(4096) {
            $0 + 1024 + $1.rollout.trajectory.sampleSize.bytes + $1.rollout.saidBytes
        }
    }
}

extension BatchConfiguration.Samples {
    /// What is written of a sample.
    fileprivate var halves: (text: Bool, fields: Bool) {
        (self == .both || self == .text, self == .both || self == .fields)
    }
}

extension BatchConfiguration.Calls {
    fileprivate var hasText: Bool { self == .all || self == .text }
    fileprivate var hasTokens: Bool { self == .all || self == .tokens }
}

extension BatchConfiguration.Format {
    /// Of a text that has so many bytes inside a JSON literal: protobuf has it without escapes, of which the longest, `\u0001`,
    /// is six bytes for one.
    fileprivate func leastBytes(ofText count: Int) -> Int { self == .json ? count : count / 6 }
}

extension Rollout {
    /// Bytes of names and values in its samples.
    fileprivate var fieldBytes: Int {
        samples.reduce(0) { sum, sample in
            [sample.inputs, sample.outputs].reduce(sum) { sum, range in
                trajectory.fields[Int(range.start)..<range.end].reduce(sum) {
                    $0 + Int($1.name.count) + Int($1.value.count)
                }
            }
        }
    }

    /// Bytes of what is said in its calls; a token is a byte at least.
    fileprivate func callBytes(_ configuration: BatchConfiguration, enough: Int) -> Int {
        let calls = trajectory.calls
        var chats = ChatMemory()
        var sum = 0
        for (index, call) in calls.enumerated() where call.isCall {
            if configuration.calls.hasTokens { sum += call.promptTokenIDs.count + call.tokenIDs.count }
            if configuration.calls.hasText {
                let prompt = chats.unfold(index, call) ?? []
                let texts = prompt.map { calls[$0].textBytes } + [call.completion?.textBytes ?? 0]
                sum += texts.reduce(0) { $0 + configuration.format.leastBytes(ofText: $1) }
            }
            guard sum < enough else { break }
        }
        return sum
    }
}
