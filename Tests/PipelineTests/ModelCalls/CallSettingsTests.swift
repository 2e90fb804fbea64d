import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// What the settings leave out of a record leaves its digest as it is.
@Suite struct CallSettingsTests {
    private func first(_ calls: BatchConfiguration.Calls, _ samples: BatchConfiguration.Samples) throws -> (
        digests: [String?], rollout: JSONValue
    ) {
        let batches = try CallGolden().batches {
            $0.batches.calls = calls
            $0.batches.samples = samples
        }
        let groups = batches.flatMap { $0["groups"]?.list ?? [] }
        let rollouts = try #require(groups.first { $0["group_id"]?.text == "c00-plain" })["rollouts"]?.list
        return (groups.map { $0["digest"]?.text }, try #require(rollouts?.first))
    }

    @Test func digestsAreOverAllOfIt() throws {
        let whole = try first(.all, .both).digests
        #expect(whole.count == 65)
        for calls in [BatchConfiguration.Calls.tokens, .text, .none] {
            #expect(try first(calls, .none).digests == whole, "\(calls)")
        }
    }

    @Test func eachSettingLeavesItsPartOut() throws {
        func keys(_ value: JSONValue?) -> Set<String> { Set((value?.fields ?? []).map(\.key.string)) }
        let whole = keys(try first(.all, .both).rollout["calls"]?.list.first)
        let tokens = keys(try first(.tokens, .both).rollout["calls"]?.list.first)
        let text = keys(try first(.text, .both).rollout["calls"]?.list.first)
        #expect(whole.subtracting(tokens) == ["prompt", "tools", "completion"])
        #expect(whole.subtracting(text) == ["prompt_token_ids", "token_ids", "logprobs", "loss_mask"])
        let none = try first(.none, .none).rollout
        #expect(none["calls"] == nil && none["samples"] == nil)
        #expect(none["weight"] == .double(1))
    }
}
