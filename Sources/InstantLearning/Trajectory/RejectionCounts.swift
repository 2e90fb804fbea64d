/// How many trajectories were rejected, by reason. Counters in place: counting allocates nothing.
public struct RejectionCounts: Sendable, Hashable {
    private var dimension = 0
    private var notFinite = 0
    private var noSteps = 0
    private var quality = 0
    private var noSignal = 0

    /// None yet.
    public init() {}

    /// How many were rejected for a reason.
    public internal(set) subscript(reason: Rejection) -> Int {
        get {
            switch reason {
            case .dimension: dimension
            case .notFinite: notFinite
            case .noSteps: noSteps
            case .quality: quality
            case .noSignal: noSignal
            }
        }
        set {
            switch reason {
            case .dimension: dimension = newValue
            case .notFinite: notFinite = newValue
            case .noSteps: noSteps = newValue
            case .quality: quality = newValue
            case .noSignal: noSignal = newValue
            }
        }
    }

    /// All of them.
    public var total: Int { dimension + notFinite + noSteps + quality + noSignal }
}
