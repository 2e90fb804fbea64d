import Simulation
import Testing

/// The whole system in one process.
@Suite(.serialized) struct DemoTests {
    private func rewards(zeroed: Bool) throws -> [Double] {
        var options = DemoOptions()
        options.rounds = 6
        options.seed = 5
        options.zeroesAdvantages = zeroed
        return try Demo(options).run(isStopping: { false }, onRound: { _ in }).map(\.meanReward)
    }

    @Test func theAgentsLearnFromTheBatches() throws {
        let rewards = try rewards(zeroed: false)
        #expect(rewards.count == 6)
        #expect(rewards[5] > rewards[0] + 0.3)
    }

    /// The same with the wire cut between advantages and policy: nothing else makes the reward climb.
    @Test func withoutAdvantagesNothingIsLearned() throws {
        let rewards = try rewards(zeroed: true)
        #expect(rewards.count == 6)
        #expect(rewards.allSatisfy { $0 < 0.5 })
    }
}
