internal import Foundation

/// A policy over the answers of each task: softmax over a logit each, learned by policy gradient from advantages alone.
public struct SoftmaxPolicy: Sendable {
    private var logits: [String: [Double]] = [:]
    /// Raised with every update.
    public private(set) var version = 1
    private let learningRate: Double

    /// A policy that prefers nothing yet.
    public init(_ tasks: [SimulatedTask], learningRate: Double = 0.35) {
        for task in tasks { logits[task.id] = Array(repeating: 0, count: task.candidates.count) }
        self.learningRate = learningRate
    }

    /// How likely each answer to a task is.
    public func probabilities(_ task: String) -> [Double] {
        let values = logits[task] ?? []
        let highest = values.max() ?? 0
        let weights = values.map { exp($0 - highest) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// The index of an answer, and the logarithm of how likely it was.
    public func sample(_ task: String, _ random: inout SeededRandom) -> (index: Int, logprob: Double) {
        let probabilities = probabilities(task)
        var rest = random.unit()
        for (index, probability) in probabilities.enumerated() {
            rest -= probability
            if rest < 0 { return (index, log(probability)) }
        }
        return (probabilities.count - 1, log(probabilities.last ?? 1))
    }

    /// One step along the gradient Σ A ∇ log π (Williams 1992): of a softmax, A (1 − p) for the answer, −A p for the rest.
    public mutating func update(_ steps: [PolicyStep]) {
        var gradients: [String: [Double]] = [:]
        for step in steps {
            let probabilities = probabilities(step.task)
            guard probabilities.indices.contains(step.answer) else { continue }
            var gradient = gradients[step.task] ?? Array(repeating: 0, count: probabilities.count)
            for index in gradient.indices {
                gradient[index] += step.advantage * ((index == step.answer ? 1 : 0) - probabilities[index])
            }
            gradients[step.task] = gradient
        }
        for (task, gradient) in gradients {
            for index in gradient.indices { logits[task]?[index] += learningRate * gradient[index] }
        }
        version += 1
    }
}

/// What a policy learns from: an answer that was given, and its advantage.
public struct PolicyStep: Sendable, Hashable {
    /// The task.
    public let task: String
    /// Index of the answer.
    public let answer: Int
    /// Its advantage, from the batch.
    public let advantage: Double
}
