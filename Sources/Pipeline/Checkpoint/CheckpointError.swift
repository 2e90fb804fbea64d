/// Why the text beside a committed offset is no checkpoint that this version can go on from.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no text: an operator has set the offset.
    case empty
    /// The text is not of this program.
    case foreign
    /// It is cut or changed.
    case damaged
    /// A newer version has written it, in a format this one does not know.
    case unsupportedFormat(Int)
    /// It belongs to another consumer group.
    case otherGroup

    /// What it means and what to do.
    public var description: String {
        switch self {
        case .empty: "the committed offset carries no checkpoint: somebody has set it"
        case .foreign: "the text beside the committed offset is not a checkpoint of dash-reinforce"
        case .damaged: "the checkpoint beside the committed offset is damaged: its check sum does not fit"
        case .unsupportedFormat(let format):
            "the checkpoint has format \(format), which this version cannot read (it writes \(Checkpoint.format)): "
                + "run the version that wrote it, or a newer one"
        case .otherGroup: "the checkpoint belongs to another consumer group: it was copied here"
        }
    }
}
