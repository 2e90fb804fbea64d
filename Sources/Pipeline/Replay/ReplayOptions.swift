import JSON
public import Recordings
public import Reinforce

/// What a replay reads, decides by and writes.
public struct ReplayOptions: Sendable {
    /// The recording; `-`: standard input. Of no meaning where ``topics`` are given.
    public var input: String
    /// The part of the recording that is read; nil: all of it.
    public var range: RecordingRange?
    /// The range of topics that is read instead of a recording.
    public var topics: TopicRange?
    /// Bytes that a replay may hold; what is more goes to temporary files.
    public var memoryBudget = 1 << 30
    /// Where batches go, a line each; nil: nowhere.
    public var output: String?
    /// The topic that batches go to instead of a file.
    public var outputTopic: OutputTopic?
    /// Where the ledger goes; nil: nowhere.
    public var ledger: String?
    /// Where dead letters go; nil: nowhere.
    public var deadLetters: String?
    /// The topic of a version 1 recording's records.
    public var topic = "dashstream-events"
    /// Partitions worked on at the same time.
    public var threads = 1
    /// Time beyond which (plus `max_clock_skew`) a record's timestamp is not believed, milliseconds; nil: none is.
    public var asOf: Int64?
    /// How far ahead of `asOf` a record may be, milliseconds.
    public var maxClockSkew: Int64 = 300_000
    /// Rules of the first stage.
    public var stage = ThreadStageConfiguration()
    /// Rules of the second.
    public var groups = GroupConfiguration()
    /// Makes advantages of rewards.
    public var estimator: Estimator
    /// Rules for batches.
    public var batches = BatchConfiguration()
    /// The training examples.
    public var examples: ExampleTable
    /// Records of the examples topic that are no example: they are dead letters too.
    public var brokenExamples = BrokenExamples()
    /// Pairings beside the trace.
    public var registry = PairingRegistry()
    /// What an earlier run left to be done again; nil: everything is done anew.
    public var revisions: Revisions?
    /// Groups are decided without what was said of them as a whole: somebody is to be asked.
    var leavesUnranked = false
    /// What was said of whole groups.
    package var ranks: RewardRecords? { leavesUnranked ? nil : stage.rewardRecords }

    /// A replay of `input` with the defaults.
    public init(input: String, examples: ExampleTable, estimator: Estimator) {
        self.input = input
        self.examples = examples
        self.estimator = estimator
    }

    /// A replay of a range of topics with the defaults.
    public init(topics: TopicRange, examples: ExampleTable, estimator: Estimator) {
        self.init(input: "", examples: examples, estimator: estimator)
        self.topics = topics
    }
}

extension ReplayOptions {
    /// The same, for someone who watches the groups and writes nothing.
    package var withoutOutputs: ReplayOptions {
        var options = self
        options.output = nil
        options.outputTopic = nil
        options.ledger = nil
        options.deadLetters = nil
        options.revisions = nil
        return options
    }
}
