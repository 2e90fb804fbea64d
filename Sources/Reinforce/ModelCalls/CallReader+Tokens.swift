import DashStream

extension CallReader {
    /// Ids, logprobs and mask of both sources, and the prompt's ids.
    static func readTokens(_ sides: borrowing CallSides, _ streamed: inout StreamedTokens, _ call: inout ModelCall) {
        do throws(Unreadable) {
            if let prompt = sides.attribute("rl.prompt_token_ids") { call.promptTokenIDs = try prompt.tokenIDs() }
        } catch { call.problem.note(.prompt) }
        let reported = ReportedTokens(sides.answer, &call.problem)
        if streamed.isBeginning(of: reported) {
            call.problem.note(.gap)
            streamed.drop()
        }
        var (ids, logprobs) = (reported.ids, reported.logprobs)
        var areTrusted = true
        if ids.isEmpty {
            (ids, logprobs) = (streamed.ids, streamed.logprobs)
        } else if !streamed.ids.isEmpty {
            let areDifferent = !logprobs.isEmpty && !streamed.logprobs.isEmpty && logprobs != streamed.logprobs
            if ids != streamed.ids || areDifferent {
                call.problem.note(.tokenConflict)
                areTrusted = false
            }
            if logprobs.isEmpty { logprobs = streamed.logprobs }
        }
        var mask = [UInt8](repeating: 1, count: ids.count)
        do throws(Unreadable) {
            if let attribute = sides.answer.attribute(named: "rl.loss_mask") {
                let given = try attribute.mask()
                if !ids.isEmpty {
                    mask = given
                    if mask.count != ids.count {
                        call.problem.note(.length)
                        areTrusted = false
                    }
                }
            }
        } catch {
            call.problem.note(.value)
            areTrusted = false
        }
        guard areTrusted else { return }
        (call.tokenIDs, call.logprobs, call.lossMask) = (ids, logprobs, mask)
    }
}
