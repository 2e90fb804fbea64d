/// One query and what was done for it: what a loop learns from.
public struct QueryTrajectory: Sendable, Hashable {
    /// Names the trajectory; ``InstantLoop/nextID()`` hands out fresh ones.
    public var id: UInt64
    /// The query's embedding; as many numbers as the loop's dimension.
    public var queryEmbedding: [Float]
    /// What was done, in order.
    public var steps: [TrajectoryStep]
    /// How good the result was, 0 to 1.
    public var finalQuality: Float
    /// How long it took.
    public var latency: Duration
    /// The model that was chosen, where there was a choice.
    public var modelRoute: String?
    /// What else was at hand: documents, memories.
    public var contextIDs: [String]

    /// A trajectory.
    public init(
        id: UInt64,
        queryEmbedding: [Float],
        steps: [TrajectoryStep] = [],
        finalQuality: Float,
        latency: Duration = .zero,
        modelRoute: String? = nil,
        contextIDs: [String] = []
    ) {
        self.id = id
        self.queryEmbedding = queryEmbedding
        self.steps = steps
        self.finalQuality = finalQuality
        self.latency = latency
        self.modelRoute = modelRoute
        self.contextIDs = contextIDs
    }

    /// The sum of the steps' rewards; 0 without steps.
    public var totalReward: Float { steps.reduce(0) { $0 + $1.reward } }

    /// The mean of the steps' rewards; 0 without steps.
    public var averageReward: Float { steps.isEmpty ? 0 : totalReward / Float(steps.count) }
}

/// One step of a trajectory.
public struct TrajectoryStep: Sendable, Hashable {
    /// What the model saw or did, as a vector; as many numbers as the loop's dimension.
    public var activations: [Float]
    /// Where its attention was; kept, not learnt from.
    public var attentionWeights: [Float]
    /// How good the step was.
    public var reward: Float
    /// Its place among the steps.
    public var index: Int
    /// The layer the activations are of.
    public var layerName: String?

    /// A step.
    public init(
        activations: [Float],
        attentionWeights: [Float] = [],
        reward: Float,
        index: Int = 0,
        layerName: String? = nil
    ) {
        self.activations = activations
        self.attentionWeights = attentionWeights
        self.reward = reward
        self.index = index
        self.layerName = layerName
    }
}
