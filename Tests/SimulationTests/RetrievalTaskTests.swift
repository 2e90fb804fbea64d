import InstantLearning
import Simulation
import Testing

/// The example of the documentation: rewards teach an adapter to retrieve.
@Suite struct RetrievalTaskTests {
    @Test func accuracyRisesWithTrajectories() throws {
        let points = try RetrievalTask(count: 60).learningCurve([0, 10, 100, 300])
        #expect(points.map(\.trajectories) == [0, 10, 100, 300])
        #expect(points[0].accuracy < 0.85)
        #expect(points[2].accuracy > points[0].accuracy + 0.1)
        #expect(points[3].accuracy > 0.9)
    }

    @Test func withoutRewardsThatDifferNothingRises() throws {
        let task = RetrievalTask(count: 60)
        let loop = try task.makeLoop()
        for question in task.training {
            var trajectory = task.trajectory(question, id: loop.nextID())
            for index in trajectory.steps.indices { trajectory.steps[index].reward = 0.5 }
            loop.record(trajectory)
        }
        loop.flush()
        #expect(try task.accuracy(loop) == task.accuracy(nil))
        #expect(loop.metrics.rejected[.noSignal] == task.training.count)
    }
}
