import JSON

/// What a policy did: one request to a model, what it read and what it wrote. Also a request of which only the stream is
/// known, which is no call: it gives its node's sample the token fields.
struct ModelCall: Sendable {
    /// How it ended.
    enum Status: String, Sendable, Hashable, CaseIterable {
        /// LLM_END.
        case ok
        /// LLM_ERROR.
        case error
        /// Neither, when the thread ended.
        case incomplete
    }

    /// Where its tokens are from.
    enum TokenSource: String, Sendable, Hashable, CaseIterable {
        /// The engine's ids with their logprobs.
        case engine
        /// The engine's ids alone.
        case engineIDs = "engine_ids"
        /// There are none.
        case absent
    }

    /// An LLM event speaks of it; false: nothing but token chunks does.
    var isCall = true
    /// Nil: it has no id.
    var request: Text?
    /// Nil: no node is known.
    var node: Text?
    /// Which execution of the node it belongs to; nil: none, or not known.
    var visit: Int?
    var status = Status.ok
    /// `rl.trainable` is false: another model than the one that is trained.
    var isForeign = false
    var role: Text?
    var model: Text?
    /// The chat before it; nil: not told, or not readable.
    var prompt: [PromptRun]?
    /// The messages of its own that ``prompt`` refers to.
    var messages: [CallMessage] = []
    /// What was written.
    var completion: CallMessage?
    /// The tools offered, as canonical JSON in the arena.
    var tools: ByteRange?
    var finishReason: Text?
    var promptTokenIDs: [UInt32] = []
    var tokenIDs: [UInt32] = []
    /// As many as ``tokenIDs``, or none.
    var logprobs: [Float] = []
    /// As many as ``tokenIDs``; 1 where the policy chose the token.
    var lossMask: [UInt8] = []
    var problem: TokenProblem?
    var tokenizer: Text?
    var temperature: Double?
    var topP: Double?
    /// Nil: the rollout's.
    var policyVersion: Text?
    var inputTokens: Int64?
    var outputTokens: Int64?
    /// Header times, microseconds: of its first LLM_START, and of what ended it.
    var startedAt: Int64?
    var endedAt: Int64?
    /// Its own rewards, in the order of their names.
    var rewards: [TraceReward] = []
}

extension ModelCall {
    var tokenSource: TokenSource { tokenIDs.isEmpty ? .absent : logprobs.isEmpty ? .engineIDs : .engine }

    /// It tells what was read and what was written, of the policy that is trained.
    var isTrainable: Bool {
        isCall && status == .ok && !isForeign && (prompt != nil || !promptTokenIDs.isEmpty)
            && (completion != nil || !tokenIDs.isEmpty)
    }

    /// It was cut at the length it was allowed.
    var isTruncated: Bool { finishReason == "length" || finishReason == "max_tokens" }

    /// Tokens that a loss counts, where they are known.
    var responseTokens: Int {
        tokenIDs.isEmpty ? Int(clamping: outputTokens ?? 0) : lossMask.reduce(0) { $0 + Int($1) }
    }

    /// Bytes of memory that its numbers and messages take, the arena aside.
    var byteCount: Int {
        4 * (promptTokenIDs.count + tokenIDs.count + logprobs.count) + lossMask.count
            + messages.count * MemoryLayout<CallMessage>.stride
            + (prompt?.count ?? 0) * MemoryLayout<PromptRun>.stride + MemoryLayout<ModelCall>.stride
    }
}
