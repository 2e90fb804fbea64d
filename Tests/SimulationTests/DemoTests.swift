import Testing

@testable import Simulation

/// The whole system in one process.
@Suite(.serialized) struct DemoTests {
    private func rewards(zeroed: Bool) throws -> [Double] {
        var options = DemoOptions()
        options.rounds = 6
        options.seed = 5
        // fast, so that six rounds are enough
        options.learningRate = 0.35
        options.zeroesAdvantages = zeroed
        return try Demo(options).run(isStopping: { false }, onRound: { _ in }).map(\.meanReward)
    }

    @Test func theAgentsLearnFromTheBatches() throws {
        let rewards = try rewards(zeroed: false)
        #expect(rewards.count == 6)
        #expect(rewards[5] > rewards[0] + 0.3)
    }

    /// By the demo's own learning rate and advantages of (reward − mean) / deviation: one can watch the climb.
    @Test func learningTakesMoreThanAFewRounds() {
        let tasks = SimulatedTask.make(8, seed: 1)
        var policy = SoftmaxPolicy(tasks, learningRate: DemoOptions().learningRate)
        var random = SeededRandom(1)
        var means: [Double] = []
        for _ in 0..<30 {
            var steps: [PolicyStep] = []
            var right = 0.0
            for task in tasks {
                let answers = (0..<8).map { _ in policy.sample(task.id, &random).index }
                let rewards = answers.map { $0 == task.right ? 1.0 : 0.0 }
                let mean = rewards.reduce(0, +) / 8
                right += mean
                let deviation = (rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7).squareRoot()
                guard deviation > 0 else { continue }
                for (answer, reward) in zip(answers, rewards) {
                    let advantage = (reward - mean) / deviation
                    steps.append(PolicyStep(task: task.id, answer: answer, advantage: advantage))
                }
            }
            means.append(right / 8)
            policy.update(steps)
        }
        #expect(means[0..<4].allSatisfy { $0 < 0.7 }, "\(means)")
        #expect(means[8..<10].reduce(0, +) / 2 < 0.92, "\(means)")
        #expect(means[25...].reduce(0, +) / 5 > 0.9, "\(means)")
    }

    /// The same with the wire cut between advantages and policy: nothing else makes the reward climb.
    @Test func withoutAdvantagesNothingIsLearned() throws {
        let rewards = try rewards(zeroed: true)
        #expect(rewards.count == 6)
        #expect(rewards.allSatisfy { $0 < 0.5 })
    }
}
