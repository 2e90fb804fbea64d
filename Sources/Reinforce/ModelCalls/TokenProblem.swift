/// Why a call has no tokens, or not all that it says; of several the first of this list is told.
enum TokenProblem: String, Sendable, Hashable, CaseIterable, Comparable {
    /// A chunk is missing.
    case gap
    /// Two different chunks have one index.
    case conflict
    /// Ids, logprobs or the mask differ in number.
    case length
    /// An id, a logprob or a bit of the mask is none.
    case value
    /// LLM_END and the chunks have different tokens.
    case tokenConflict = "token_conflict"
    /// The prompt's ids cannot be read.
    case prompt
    /// LLM_END and the chunks have different texts.
    case text
    /// Messages, instructions, tools or output cannot be read.
    case messages

    /// Its place in the list, from 1.
    var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

    init?(number: Int) {
        guard number >= 1, number <= Self.allCases.count else { return nil }
        self = Self.allCases[number - 1]
    }

    static func < (a: TokenProblem, b: TokenProblem) -> Bool { a.number < b.number }
}

extension TokenProblem? {
    /// Notes a problem; the first of the list stays.
    mutating func note(_ problem: TokenProblem) {
        if let known = self, known <= problem { return }
        self = problem
    }
}
