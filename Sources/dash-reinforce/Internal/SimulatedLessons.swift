import Arguments
import Foundation
import Kafka
import Pipeline
import Problems
import Simulation
import Terminal

/// What the agents of `simulate --learn` learn: the batches that a processor makes of their rollouts.
final class SimulatedLessons {
    /// How long a round waits for its groups; then the agents go on with what came.
    private static let patience = 60

    private let topic: String
    private let reader: LessonReader
    private let client: ClientConfiguration
    private let isQuiet: Bool

    /// - Parameter topic: where the processor writes batches.
    init(_ parsed: ParsedArguments, topic: String, _ sink: SimulationSink, _ tasks: [SimulatedTask]) throws {
        try parsed.refuse(topic, "--learn")
        guard let client = sink.client else { throw ArgumentProblem("--learn needs --brokers") }
        (self.topic, self.client, isQuiet) = (topic, client, parsed.has("quiet"))
        do {
            reader = try LessonReader(client, topic: topic, trainer: Trainer(tasks))
        } catch {
            throw PipelineProblem(error, client)
        }
    }

    /// Waits for the groups of a round and prints a line about them.
    ///
    /// - Returns: how the policy moves.
    func steps(_ round: Int, _ groups: Set<String>, _ interrupt: Interrupt) throws -> [PolicyStep] {
        let deadline = ContinuousClock.now + .seconds(Self.patience)
        let lesson: Trainer.Lesson
        do {
            lesson = try reader.lesson(of: groups) { !interrupt.isRequested && ContinuousClock.now < deadline }
        } catch let error as KafkaError {
            throw PipelineProblem(error, client)
        }
        guard !interrupt.isRequested, !isQuiet else { return lesson.steps }
        let (came, all) = (lesson.groups.count, groups.count)
        if came > 0 {
            let number = RewardText.padded(round, 3)
            Output.note("round \(number)  \(RewardText.bar(lesson.meanReward))  \(came) of \(all) groups came back\n")
        } else {
            Output.note(
                "round \(round): none of \(all) groups came back on \(topic) within \(Self.patience) s; is `run` at work, "
                    + "with output.format: json and the examples of the same --seed?\n"
            )
        }
        return lesson.steps
    }
}
