internal import Foundation
public import InstantLearning

/// A small retrieval task made from the demo's examples: for a question such as "What is 17 + 25?", find the note that answers
/// it among four on every pair of numbers. Texts are embedded by their words alone, so the embedding knows nothing of sums;
/// what the adapter learns from rewards is which kind of note such questions want.
public struct RetrievalTask: Sendable {
    /// What is retrieved.
    public struct Note: Sendable, Hashable {
        /// For a person.
        public let text: String
        /// For the model.
        public let embedding: [Float]
    }

    /// A question, and the notes on its two numbers.
    public struct Question: Sendable, Hashable {
        /// The example it is made from.
        public let task: SimulatedTask
        /// For the model.
        public let embedding: [Float]
        /// A note for each candidate of the example.
        public let notes: [Note]
    }

    /// Learnt from.
    public let training: [Question]
    /// Never learnt from: accuracy is measured on these.
    public let test: [Question]
    /// Numbers of an embedding.
    public let dimension: Int

    /// - Parameters:
    ///   - count: questions; half of them for training, half for the test.
    ///   - seed: of the examples.
    ///   - dimension: numbers of an embedding.
    public init(count: Int = 200, seed: UInt64 = 1, dimension: Int = 256) {
        let questions = SimulatedTask.make(max(2, count), seed: seed).map { task in
            Question(
                task: task,
                embedding: Self.embed(task.question, dimension),
                notes: task.candidates.map { candidate in
                    let text = Self.note(task, candidate)
                    return Note(text: text, embedding: Self.embed(text, dimension))
                }
            )
        }
        let half = questions.count / 2
        training = Array(questions[..<half])
        test = Array(questions[half...])
        self.dimension = dimension
    }

    /// What a note says of a candidate answer: what it is of the two numbers.
    private static func note(_ task: SimulatedTask, _ candidate: String) -> String {
        let numbers = task.question.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard numbers.count == 2, let value = Int(candidate) else { return candidate }
        let (a, b) = (numbers[0], numbers[1])
        let kind =
            switch value {
            case a + b: "sum"
            case a * b: "product"
            case a + b + 1: "overcount"
            case a + b - 1: "undercount"
            case a + b + 10: "miscarry"
            default: "difference"
            }
        return "the \(kind) of \(a) and \(b) is \(value)"
    }

    /// A text's words, each a fixed direction of its own, added up and made one long.
    private static func embed(_ text: String, _ dimension: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "+" }) {
            var seed: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in word.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01b3 }
            var random = SeededRandom(seed)
            for index in sum.indices { sum[index] += Float(random.unit() * 2 - 1) }
        }
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return norm > 0 ? sum.map { $0 / norm } : sum
    }
}

extension RetrievalTask {
    /// Of all notes on the test questions, the one that fits the question best, the adapter's output added to its embedding.
    public func retrieve(_ question: Question, _ loop: InstantLoop?) throws(InstantLoopError) -> Note? {
        var query = question.embedding
        if let loop { try loop.forward(question.embedding, adding: &query) }
        var best: (note: Note?, score: Float) = (nil, -.infinity)
        for other in test {
            for note in other.notes {
                var score: Float = 0
                for index in query.indices { score += query[index] * note.embedding[index] }
                if score > best.score { best = (note, score) }
            }
        }
        return best.note
    }

    /// The share of the test questions for which the right note is retrieved.
    public func accuracy(_ loop: InstantLoop?) throws(InstantLoopError) -> Double {
        var right = 0
        for question in test where try retrieve(question, loop) == question.notes[question.task.right] { right += 1 }
        return Double(right) / Double(test.count)
    }

    /// What happened when a training question was asked: every note was looked at, the right one was rewarded.
    public func trajectory(_ question: Question, id: UInt64) -> QueryTrajectory {
        QueryTrajectory(
            id: id,
            queryEmbedding: question.embedding,
            steps: question.notes.enumerated().map { index, note in
                TrajectoryStep(activations: note.embedding, reward: index == question.task.right ? 1 : 0, index: index)
            },
            finalQuality: 1
        )
    }

    /// A loop that fits the task: embeddings are one long, so steps are large and the weights have a bound.
    public func makeLoop() throws(InstantLoopError) -> InstantLoop {
        var configuration = InstantLoop.Configuration()
        configuration.dimension = dimension
        configuration.rank = 2
        configuration.learningRate = 3
        configuration.flushThreshold = 10
        configuration.maxNorm = 1
        configuration.keepsTrajectories = false
        return try InstantLoop(configuration)
    }

    /// Accuracy on the test questions after so many trajectories of training questions.
    public struct Point: Sendable, Hashable {
        /// Trajectories that were recorded.
        public let trajectories: Int
        /// From 0 to 1.
        public let accuracy: Double
    }

    /// Trains a loop, and measures on the way.
    ///
    /// - Parameters:
    ///   - counts: after how many trajectories, ascending.
    ///   - seed: of the order of questions.
    public func learningCurve(_ counts: [Int] = [0, 10, 100, 1000], seed: UInt64 = 1) throws(InstantLoopError)
        -> [Point]
    {
        let loop = try makeLoop()
        var random = SeededRandom(seed)
        var points: [Point] = []
        for count in counts {
            while loop.metrics.recorded < count {
                let question = training[Int.random(in: 0..<training.count, using: &random)]
                loop.record(trajectory(question, id: loop.nextID()))
            }
            loop.flush()
            points.append(Point(trajectories: count, accuracy: try accuracy(count == 0 ? nil : loop)))
        }
        return points
    }
}
