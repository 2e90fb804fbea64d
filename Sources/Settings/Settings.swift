/// Everything that can be configured, with its defaults.
public struct Settings: Sendable, Hashable {
    /// Name of the application: its consumer group, and the beginning of its internal topics' names.
    public var appID = "dash-reinforce"
    /// The name of this process, the same after each restart; empty: the host's name, then with a number behind it.
    public var instanceID = ""
    /// The brokers and librdkafka's properties.
    public var kafka = Kafka()
    /// Names of topics.
    public var topics = Topics()
    /// The training examples.
    public var examples = Examples()
    /// Where a consumer group without committed offsets begins.
    public var start = Start.earliest
    /// Whether a crash may write batches a second time.
    public var delivery = "exactly_once"
    /// It may not.
    public var isExactlyOnce: Bool { delivery == "exactly_once" }
    /// How often offsets are committed.
    public var commit = Commit()
    /// Which messages are read.
    public var schema = Schema()
    /// How dead letters are written.
    public var dlq = DeadLetters()
    /// How threads find their example.
    public var pairing = Pairing()
    /// When threads are over.
    public var assembly = Assembly()
    /// Bounds.
    public var limits = Limits()
    /// How rollouts are scored.
    public var rewards = Rewards()
    /// When groups close.
    public var groups = Groups()
    /// How rewards become advantages.
    public var estimator = Estimator()
    /// What an advantage is given to.
    public var credit = "rollout"
    /// How groups become batches.
    public var batches = Batches()
    /// How batches are written.
    public var output = Output()
    /// The instant-learning loop.
    public var instantLoop = InstantLoop()
    /// The HTTP server.
    public var http = HTTP()
    /// Log lines.
    public var log = Log()
    /// OpenTelemetry.
    public var otel = OpenTelemetry()

    /// The defaults.
    public init() {}

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `kafka`: brokers, and librdkafka's properties by name.
    public struct Kafka: Sendable, Hashable {
        public var brokers = "localhost:9092"
        public var properties: [String] = []
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `topics`
    public struct Topics: Sendable, Hashable {
        public var events = ["dashstream-events"]
        public var examples = "dashstream-examples"
        public var rollouts = ""
        public var rewards = ""
        public var output = "reinforce"
        public var scored = ""
        public var scoredPartitions = 0
        public var checkpoints = ""
        public var dlq = ""
        public var ledger = ""
        public var adapters = "reinforce-adapters"
        public var policy = ""
        public var demand = ""
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `examples`; times in milliseconds
    public struct Examples: Sendable, Hashable {
        public var file = ""
        public var grace: Int64 = 30_000
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `commit`; times in milliseconds
    public struct Commit: Sendable, Hashable {
        public var interval: Int64 = 200
        public var maxRecords = 20_000
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `schema`
    public struct Schema: Sendable, Hashable {
        public var policy = "exact"
        public var legacyFrames = false
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `dlq`
    public struct DeadLetters: Sendable, Hashable { public var format = "headers" }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `pairing`; times in milliseconds
    public struct Pairing: Sendable, Hashable {
        public var manifestPointer = "/metadata/custom"
        public var grace: Int64 = 30_000
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `assembly`; times in milliseconds, sizes in bytes
    public struct Assembly: Sendable, Hashable {
        public var idleTimeout: Int64 = 600_000
        public var resumeGrace: Int64 = 0
        public var errorGrace: Int64 = 5_000
        public var reorderGraceRecords = 256
        public var reorderGrace: Int64 = 2_000
        public var maxThreadAge: Int64 = 86_400_000
        public var maxThreadBytes = 64 << 20
        public var maxThreadEvents = 100_000
        public var maxClockSkew: Int64 = 300_000
        public var replayHorizonRecords = 1_000_000
        public var closedMemoryRecords = 200_000
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `limits`; sizes in bytes
    public struct Limits: Sendable, Hashable {
        public var maxFrameBytes = 10 << 20
        public var maxRolloutBytes = 8 << 20
        public var memoryBudget = 1 << 30
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `rewards`; times in milliseconds, sizes in bytes
    public struct Rewards: Sendable, Hashable {
        public var failureScore = 0.0
        public var formatFailureScore = -1.0
        public var timeouts = "exclude"
        public var outcome = ""
        public var grace: Int64 = 600_000
        public var before: Int64 = 3_600_000
        public var keep = true
        public var maxInFlight = 256
        public var maxInFlightBytes = 64 << 20
        public var components = [Component(name: "match", type: "exact_match")]

        /// One component of the reward.
        public struct Component: Sendable, Hashable {
            public var name: String
            public var type: String
            public var weight = 1.0
            public var required = true
            /// Stands in for a missing value.
            public var fallback: Double?
            /// Label to JSON pointer into the final state.
            public var fields: [String: String] = [:]
            /// Whom it asks, where its values come from outside the trace.
            public var outside = Outside()
            /// How it is computed, where that is from the trace.
            public var builtIn = BuiltIn()

            public init(
                name: String,
                type: String,
                weight: Double = 1,
                required: Bool = true,
                fallback: Double? = nil,
                fields: [String: String] = [:]
            ) {
                self.name = name
                self.type = type
                self.weight = weight
                self.required = required
                self.fallback = fallback
                self.fields = fields
            }
        }
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `groups`; times in milliseconds
    public struct Groups: Sendable, Hashable {
        public var deadline: Int64 = 1_800_000
        public var settle: Int64 = 0
        public var closedMemoryRecords = 200_000
        public var minUsable = 2
        public var partial = "keep"
        public var dropZeroVariance = false
        public var maxStaleness = 0
        public var stalePolicy = "drop_rollout"
        public var revisions = false
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `estimator`: a preset, and single rules that replace its own; empty or nil: the preset's
    public struct Estimator: Sendable, Hashable {
        public var preset = "dashflow"
        public var baseline = ""
        public var scale = ""
        public var ddof = ""
        public var epsilon: Double?
        public var singleton = ""
        public var scoreNonVoters = false
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `batches`; times in milliseconds, sizes in bytes
    public struct Batches: Sendable, Hashable {
        public var groupsPerBatch = 4
        public var linger: Int64 = 5_000
        public var maxBytes = 900 << 10
        public var minGroups = 1
        public var minRollouts = 1
        public var maxEmpty = 0
        public var allowRepeats = false
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `output`
    public struct Output: Sendable, Hashable {
        public var format = "json"
        public var key = "batch"
        public var samples = "both"
        public var calls = "all"
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `instant_loop`; times in milliseconds
    public struct InstantLoop: Sendable, Hashable {
        public var enabled = false
        public var mode = "corrected"
        public var dimension = 256
        public var rank = 2
        public var learningRate = 0.002
        public var flushThreshold = 100
        public var interval: Int64 = 10_000
        public var bufferCapacity = 10_000
        public var qualityThreshold = 0.3
        public var overflow = "drop_newest"
        public var maxNorm = 0.0
        public var decay = 0.0
        public var baselineDecay = 0.95
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `http`
    public struct HTTP: Sendable, Hashable {
        public var listen = "127.0.0.1:9464"
        public var tokenFile = ""
        public var hosts: [String] = []
        public var openMetrics = false
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `log`; times in milliseconds
    public struct Log: Sendable, Hashable {
        public var level = "info"
        public var format = "text"
        public var reportInterval: Int64 = 10_000
    }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    /// `otel`
    public struct OpenTelemetry: Sendable, Hashable {
        public var endpoint = ""
        public var headers: [String] = []
    }
}
