import DashStream
import JSON

/// What the token chunks of a request say, judged by themselves.
struct StreamedTokens {
    var ids: [UInt32] = []
    /// As many as ``ids``, or none.
    var logprobs: [Float] = []
    /// Nil: there are no chunks, or not all of them.
    var text: Text?
    var model: Text?
    var finishReason: Text?
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0

    init() {}

    /// - Parameters:
    ///   - chunks: where they are stored, in the order of their index, then time, then arrival.
    ///   - problem: what is wrong with them is noted there.
    init(_ chunks: [Int], in payload: RawSpan, _ problem: inout TokenProblem?) {
        var expected: UInt32 = 0
        var last = -1
        var pieces = ""
        var isWhole = true
        var isEven = true
        var withLogprobs: Bool?
        for position in chunks {
            guard let message = StoredMessage(in: payload, at: position) else { continue }
            let chunk = TokenChunkView(validated: message.body)
            if last >= 0, let before = StoredMessage(in: payload, at: last) {
                let previous = TokenChunkView(validated: before.body)
                if previous.chunkIndex == chunk.chunkIndex {
                    if !chunk.saysTheSame(as: previous) {
                        problem.note(.conflict)
                        isWhole = false
                    }
                    continue
                }
            }
            if chunk.chunkIndex != expected {
                problem.note(.gap)
                isWhole = false
            }
            expected = chunk.chunkIndex &+ 1
            last = position
            let before = (ids.count, logprobs.count)
            chunk.forEachTokenID { ids.append($0) }
            chunk.forEachLogprob { logprobs.append($0) }
            let (newIDs, newLogprobs) = (ids.count - before.0, logprobs.count - before.1)
            if newLogprobs > 0, newLogprobs != newIDs { isEven = false }
            if newIDs > 0 {
                if let withLogprobs, withLogprobs != (newLogprobs > 0) { isEven = false }
                withLogprobs = newLogprobs > 0
            }
            pieces += Text(utf8: chunk.text)?.string ?? ""
            readFacts(chunk)
        }
        if !isEven { problem.note(.length) }
        let isReadable = logprobs.allSatisfy(\.isLogprob)
        if !isReadable { problem.note(.value) }
        if last >= 0, isWhole { text = Text(pieces) }
        if !isWhole || !isEven || !isReadable { (ids, logprobs) = ([], []) }
    }

    private mutating func readFacts(_ chunk: borrowing TokenChunkView) {
        if chunk.model.byteCount > 0 { model = Text(utf8: chunk.model) ?? model }
        finishReason = Self.finishReasons[chunk.finishReason] ?? finishReason
        inputTokens = max(inputTokens, Int64(chunk.promptTokens))
        outputTokens = max(outputTokens, Int64(chunk.completionTokens))
    }

    private static let finishReasons: [Int32: Text] = [
        1: "stop", 2: "length", 3: "content_filter", 4: "tool_calls", 5: "error",
    ]

    /// They are only the beginning of what LLM_END says: a chunk at the end is missing.
    func isBeginning(of other: ReportedTokens) -> Bool {
        !ids.isEmpty && ids.count < other.ids.count && other.ids.starts(with: ids)
            && (logprobs.isEmpty || other.logprobs.isEmpty || other.logprobs.starts(with: logprobs))
    }

    /// As if there were no chunks but for what they say beside tokens and text.
    mutating func drop() { (ids, logprobs, text) = ([], [], nil) }
}

extension TokenChunkView {
    fileprivate func saysTheSame(as other: borrowing TokenChunkView) -> Bool {
        guard text.hasSameBytes(as: other.text) else { return false }
        var (own, theirs): ([UInt32], [UInt32]) = ([], [])
        forEachTokenID { own.append($0) }
        other.forEachTokenID { theirs.append($0) }
        forEachLogprob { own.append($0.bitPattern) }
        other.forEachLogprob { theirs.append($0.bitPattern) }
        var counts = (0, 0)
        forEachTokenID { _ in counts.0 += 1 }
        other.forEachTokenID { _ in counts.1 += 1 }
        return own == theirs && counts.0 == counts.1
    }
}
