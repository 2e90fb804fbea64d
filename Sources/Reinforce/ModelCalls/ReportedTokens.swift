import DashStream

/// What LLM_END says of tokens, judged by itself.
struct ReportedTokens {
    var ids: [UInt32] = []
    /// As many as ``ids``, or none.
    var logprobs: [Float] = []

    init() {}

    init(_ end: borrowing EventView, _ problem: inout TokenProblem?) {
        do throws(Unreadable) {
            if let attribute = end.attribute(named: "rl.token_ids") { ids = try attribute.tokenIDs() }
        } catch {
            problem.note(.value)
            ids = []
            return
        }
        do throws(Unreadable) {
            if let attribute = end.attribute(named: "rl.logprobs") { logprobs = try attribute.logprobs() }
        } catch {
            problem.note(.value)
            ids = []
            return
        }
        if !logprobs.isEmpty, logprobs.count != ids.count {
            problem.note(.length)
            (ids, logprobs) = ([], [])
        }
    }
}
