/// The original's settings of the whole of its learning, of which the instant loop is the fastest part.
public struct SonaConfiguration: Sendable, Hashable {
    /// Numbers of an embedding.
    public var dimension = 256
    /// Rank of the instant loop's adapter.
    public var rank = 2
    /// Rank of the slow loop's adapter.
    public var baseRank = 8
    /// Step of the instant loop.
    public var learningRate: Float = 0.002
    /// Step of the slow loop.
    public var baseLearningRate: Float = 1e-4
    /// How strongly the slow loop holds on to what it knows (elastic weight consolidation).
    public var ewcLambda: Float = 2000
    /// Clusters of the slow loop's patterns.
    public var clusters = 100
    /// Trajectories that are kept.
    public var bufferCapacity = 10_000
    /// Time between two runs of the slow loop.
    public var interval = Duration.milliseconds(3_600_000)
    /// Quality below which nothing is learnt.
    public var qualityThreshold: Float = 0.3

    /// The default preset.
    public init() {}

    /// The instant loop's part of it.
    public var loop: InstantLoop.Configuration {
        var loop = InstantLoop.Configuration()
        loop.dimension = dimension
        loop.rank = rank
        loop.learningRate = learningRate
        loop.bufferCapacity = bufferCapacity
        loop.qualityThreshold = qualityThreshold
        return loop
    }
}

extension SonaConfiguration {
    private init(
        rank: Int = 2,
        base: Int,
        rate: Float,
        baseRate: Float = 1e-4,
        ewc: Float = 2000,
        clusters: Int = 100,
        capacity: Int,
        interval: Int,
        quality: Float
    ) {
        self.rank = rank
        baseRank = base
        learningRate = rate
        baseLearningRate = baseRate
        ewcLambda = ewc
        self.clusters = clusters
        bufferCapacity = capacity
        self.interval = .milliseconds(interval)
        qualityThreshold = quality
    }

    /// What ``init()`` gives.
    public static let `default` = SonaConfiguration()
    /// Many small requests.
    public static let maxThroughput = SonaConfiguration(
        base: 4,
        rate: 0.0005,
        capacity: 5000,
        interval: 7_200_000,
        quality: 0.4
    )
    /// The best results, whatever they cost.
    public static let maxQuality = SonaConfiguration(
        base: 16,
        rate: 0.002,
        baseRate: 0.001,
        capacity: 20_000,
        interval: 1_800_000,
        quality: 0.2
    )
    /// Little memory.
    public static let edgeDeployment = SonaConfiguration(
        rank: 1,
        base: 4,
        rate: 0.001,
        ewc: 1000,
        clusters: 50,
        capacity: 200,
        interval: 3_600_000,
        quality: 0.5
    )
    /// Work that comes in batches.
    public static let batchProcessing = SonaConfiguration(
        base: 8,
        rate: 0.001,
        capacity: 10_000,
        interval: 3_600_000,
        quality: 0.3
    )
    /// Agents that live for minutes.
    public static let ephemeral = SonaConfiguration(
        base: 4,
        rate: 0.002,
        ewc: 1000,
        clusters: 50,
        capacity: 500,
        interval: 60_000,
        quality: 0.3
    )
    /// One that gathers what many learn.
    public static let coordinator = SonaConfiguration(
        base: 16,
        rate: 0.001,
        baseRate: 5e-4,
        clusters: 200,
        capacity: 50_000,
        interval: 300_000,
        quality: 0.4
    )

    /// Every preset with its name.
    public static let presets: [(name: String, configuration: SonaConfiguration)] = [
        ("default", .default), ("maxThroughput", .maxThroughput), ("maxQuality", .maxQuality),
        ("edgeDeployment", .edgeDeployment), ("batchProcessing", .batchProcessing), ("ephemeral", .ephemeral),
        ("coordinator", .coordinator),
    ]
}
