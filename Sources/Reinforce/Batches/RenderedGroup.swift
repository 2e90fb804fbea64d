/// A group as it is written: its bytes, its digest, and what a batch must know of it.
public struct RenderedGroup: Sendable {
    /// The group.
    public let group: DecidedGroup
    /// The JSON object of `groups`, or the message `Group` of `docs/reinforce.proto`.
    public let body: [UInt8]
    /// Which of both.
    public let format: BatchConfiguration.Format
    /// SHA-256 of its content, 32 bytes.
    public let digest: [UInt8]
    /// Rollouts that vote.
    public let votes: Int
}
