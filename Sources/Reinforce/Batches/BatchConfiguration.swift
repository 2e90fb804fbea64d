/// How groups are put into batches and written.
public struct BatchConfiguration: Sendable, Hashable {
    /// Which half of a sample is written; the digest is always over both.
    public enum Samples: String, Sendable, Hashable {
        /// Prompt and completion.
        case text
        /// Inputs and outputs.
        case fields
        /// Everything.
        case both
    }

    /// Groups a batch is made of.
    public var groupsPerBatch = 4
    /// Bytes of a record above which a batch splits.
    public var maxBytes = 900 << 10
    /// Groups below which a batch is withheld.
    public var minGroups = 1
    /// Voting rollouts below which a batch is withheld.
    public var minRollouts = 1
    /// Which half of a sample is written.
    public var samples = Samples.both
    /// Stands in every record.
    public var appID = "dash-reinforce"

    /// The defaults.
    public init() {}
}
