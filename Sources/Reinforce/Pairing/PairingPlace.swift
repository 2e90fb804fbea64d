public import JSON

/// What one place says about a thread's pairing: attributes of a GRAPH_START, its manifest, or the registry.
public struct PairingPlace: Hashable, Sendable {
    /// A number that a place gives, or gives wrongly.
    public enum Number: Hashable, Sendable {
        /// The place does not mention it.
        case missing
        /// It is there and no whole number in canonical decimal form.
        case malformed
        /// The number.
        case value(Int64)
    }

    /// Key of the example; nil or empty: the place says nothing.
    public var exampleID: Text?
    /// Key of the group; nil or empty: the place says nothing.
    public var groupID: Text?
    /// The slot in the group, from 0.
    public var rolloutIndex = Number.missing
    /// How many rollouts the group is meant to have.
    public var groupSize = Number.missing
    /// The policy that acted, compared as text.
    public var policyVersion: Text?
    /// Which try at its slot this is; the highest wins.
    public var attempt = Number.missing
    /// A label of the run that users may set.
    public var runID: Text?
    /// False: never given to the trainer.
    public var trainable: Bool?

    /// A place that says nothing yet.
    public init() {}

    /// The place names an example and a group.
    public var speaks: Bool {
        guard let exampleID, let groupID else { return false }
        return !exampleID.string.isEmpty && !groupID.string.isEmpty
    }
}
