/// How groups are put into batches and written.
public struct BatchConfiguration: Sendable, Hashable {
    /// What is written of samples; the digest is always over all of it.
    public enum Samples: String, Sendable, Hashable {
        /// Prompt and completion.
        case text
        /// Inputs and outputs.
        case fields
        /// Everything.
        case both
        /// No samples at all.
        case none
    }

    /// What is written of model calls; the digest is always over all of it.
    public enum Calls: String, Sendable, Hashable {
        /// Everything.
        case all
        /// No chats and no tools.
        case tokens
        /// No ids, logprobs and masks.
        case text
        /// No calls at all.
        case none
    }

    /// What the Kafka record of a batch is keyed by.
    public enum Key: String, Sendable, Hashable {
        /// Its `batch_id`: batches spread over the partitions of their topic.
        case batch
        /// The id of its group; of several groups, as ``batch``.
        case group
        /// The id of its tenant: the batches of a tenant stay in order on one partition.
        case tenant
    }

    /// How batches are written.
    public enum Format: String, Sendable, Hashable {
        /// JSON, as `docs/reinforce.schema.json` describes it.
        case json
        /// The message `TrainingBatch` of `docs/reinforce.proto`.
        case protobuf

        /// The media type that stands in a record's `content-type`.
        public var contentType: String {
            switch self {
            case .json: "application/json"
            case .protobuf: "application/x-protobuf"
            }
        }

        /// The format of a file by its name, `.zst` aside: `.pb` is protobuf, `.json` and `.jsonl` are JSON, any other
        /// name is as it is configured.
        public func ofFile(_ path: String) -> Format {
            let name = path.hasSuffix(".zst") ? path.dropLast(4) : path[...]
            if name.hasSuffix(".pb") { return .protobuf }
            return name.hasSuffix(".json") || name.hasSuffix(".jsonl") ? .json : self
        }
    }

    /// Groups a batch is made of.
    public var groupsPerBatch = 4
    /// Bytes of a record above which a batch splits.
    public var maxBytes = 900 << 10
    /// Groups below which a batch is withheld.
    public var minGroups = 1
    /// Voting rollouts below which a batch is withheld.
    public var minRollouts = 1
    /// What is written of samples.
    public var samples = Samples.both
    /// What is written of model calls.
    public var calls = Calls.all
    /// How batches are written.
    public var format = Format.json
    /// What its Kafka record is keyed by.
    public var key = Key.batch
    /// The application's name; every batch holds it.
    public var appID = "dash-reinforce"

    /// The defaults.
    public init() {}
}
