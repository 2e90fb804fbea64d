import EmbeddedKafka
import Kafka
import KafkaTestSupport
import Settings

@testable import Pipeline
@testable import Reinforce

extension StreamRun {
    /// The topic of rewards. What is said there, or by a judge, is waited for however fast the clock runs and however busy the
    /// machine is.
    func createRewards() throws {
        try cluster?.createTopic("rewards", partitions: 4)
        if cluster == nil {
            let admin = try Admin(client)
            try admin.createTopic("rewards", partitions: 4)
            try admin.awaitLeaders(of: "rewards")
        }
        settings.topics.rewards = "rewards"
        // ten years
        settings.rewards.grace = 315_360_000_000
        settings.assembly.maxThreadAge = 315_360_000_000
    }

    /// Lets a component say what rollouts are worth, beside what the run has.
    func ask(
        _ component: Settings.Rewards.Component,
        _ change: (inout Settings, inout Settings.Rewards.Component) -> Void = { _, _ in }
    ) throws {
        try createRewards()
        var component = component
        component.outside.timeout = 60_000
        component.weight = 0.5
        change(&settings, &component)
        settings.rewards.components.append(component)
    }

    /// What is on the topic of rewards.
    func rewardLines() throws -> [RewardLine] {
        try read("rewards", partitions: 4).map { try RewardLine($0.value) }
    }
}
