import EmbeddedKafka
import Kafka
import Testing

@testable import Simulation

@Suite struct LessonReaderTests {
    private let tasks = SimulatedTask.make(2, seed: 1)

    private func batch(_ groups: [(key: String, task: Int, reward: Double)]) -> [UInt8] {
        let groups = groups.map { key, task, reward in
            let answer = tasks[task].candidates[0]
            return """
                {"group_id":"\(key)","example_id":"\(tasks[task].id)","rollouts":[{"votes":true,"trains":true,
                "reward":\(reward),"advantage":1,"samples":[{"outputs":{"answer":"\(answer)"}}]}]}
                """
        }
        return Array(#"{"groups":[\#(groups.joined(separator: ","))]}"#.utf8)
    }

    /// Batches of earlier rounds, of others, and batches that come a second time teach nothing.
    @Test func onlyTheGroupsThatAreWaitedForAreLearnedFromAndEachOnce() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("reinforce", partitions: 2)
        let client = ClientConfiguration(brokers: cluster.bootstrapServers)
        let producer = try Producer(client)
        try producer.enqueue(topic: "reinforce", key: [0], value: batch([("a", 0, 0)]), timestamp: 1)
        try producer.flush(milliseconds: 10_000)
        let reader = try LessonReader(client, topic: "reinforce", trainer: Trainer(tasks))
        let values = [
            batch([("old", 0, 0.25), ("a", 0, 1)]), Array("no batch".utf8), batch([("a", 0, 1)]),
            batch([("b", 1, 0.5)]),
        ]
        for value in values { try producer.enqueue(topic: "reinforce", key: [7], value: value, timestamp: 1) }
        try producer.close()
        let deadline = ContinuousClock.now + .seconds(60)
        let lesson = try reader.lesson(of: ["a", "b"]) { ContinuousClock.now < deadline }
        #expect(lesson.groups == ["a", "b"])
        #expect(lesson.rewards == [1, 0.5])
        #expect(lesson.meanReward == 0.75)
        #expect(lesson.steps.map(\.task) == tasks.map(\.id))
    }

    @Test func whatDoesNotComeIsGivenUp() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("reinforce", partitions: 1)
        let client = ClientConfiguration(brokers: cluster.bootstrapServers)
        let reader = try LessonReader(client, topic: "reinforce", trainer: Trainer(tasks))
        var turns = 0
        let lesson = try reader.lesson(of: ["a"]) {
            turns += 1
            return turns < 3
        }
        #expect(lesson.groups.isEmpty && lesson.meanReward == 0)
        #expect(turns == 3)
    }
}
