import DashStream

/// Numbers of the `EventType`s that assembly looks at.
enum EventCode {
    static let graphStart: Int32 = 1
    static let graphEnd: Int32 = 2
    static let graphError: Int32 = 3
    static let nodeStart: Int32 = 10
    static let nodeEnd: Int32 = 11
    static let nodeError: Int32 = 12
    static let llmStart: Int32 = 30
    static let llmEnd: Int32 = 31
    static let llmError: Int32 = 32
    static let llmRetry: Int32 = 33
    static let auxiliary: ClosedRange<Int32> = 80...83
}

/// What assembly must know of a message beside its bytes.
struct LaneFlags: OptionSet {
    let rawValue: UInt32
    /// Not of the main lane: no order, no gaps.
    static let auxiliary = LaneFlags(rawValue: 1 << 28)
    static let graphStart = LaneFlags(rawValue: 1 << 29)
    static let terminator = LaneFlags(rawValue: 1 << 30)
    static let nodeError = LaneFlags(rawValue: 1 << 31)
}

extension LaneFlags {
    /// The lane of `unit` and what it means for its thread's life.
    @inline(__always)
    init(_ unit: borrowing DashStream.Unit) {
        switch unit.kind {
        case .event:
            let event = EventView(validated: unit.body)
            switch event.eventType {
            case EventCode.graphStart: self = .graphStart
            case EventCode.graphEnd: self = .terminator
            case EventCode.graphError: self = event.attribute(named: "alert_type") == nil ? .terminator : .auxiliary
            case EventCode.nodeError: self = .nodeError
            case EventCode.auxiliary: self = .auxiliary
            default: self = []
            }
        case .stateDiff, .checkpoint: self = []
        case .metrics:
            let metrics = MetricsView(validated: unit.body)
            self = metrics.scopeID.hasSameBytes(as: unit.header.threadID) ? [] : .auxiliary
        default: self = .auxiliary
        }
    }
}
