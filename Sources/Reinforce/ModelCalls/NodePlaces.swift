import JSON

/// Which node execution a call belongs to.
struct NodePlaces {
    private let executions: [NodeExecution]
    private let names: [Text]
    private let all: TimeSpans
    private var byNode: [Text: TimeSpans] = [:]

    init(_ executions: [NodeExecution], _ arena: [UInt8]) {
        self.executions = executions
        names = executions.map { Text(utf8: arena.span($0.node)) ?? "" }
        let spans = executions.enumerated().map { (number: $0, start: $1.startedAt, end: $1.endedAt) }
        all = TimeSpans(spans)
        var ofNode: [Text: [(number: Int, start: Int64, end: Int64)]] = [:]
        for span in spans { ofNode[names[span.number], default: []].append(span) }
        byNode = ofNode.mapValues(TimeSpans.init)
    }

    /// Names the call's node where no event did, and tells which visit of it the call belongs to.
    func place(_ call: inout GatheredCall) -> Int? {
        if call.node == nil { call.node = all.only(at: call.time).map { names[$0] } }
        guard let node = call.node else { return nil }
        return byNode[node]?.only(at: call.time).map { executions[$0].visit }
    }
}

extension NodeTracker {
    /// Notes for each execution the only request that belongs to it; several belong to none.
    mutating func setRequests(of calls: [ModelCall], _ arena: [UInt8]) {
        struct Place: Hashable {
            let node: Text
            let visit: Int
        }
        var found: [Place: Int] = [:]
        for (index, call) in calls.enumerated() {
            guard let node = call.node, let visit = call.visit else { continue }
            let place = Place(node: node, visit: visit)
            found[place] = found[place] == nil ? index : -1
        }
        guard !found.isEmpty else { return }
        for index in executions.indices {
            let node = Text(utf8: arena.span(executions[index].node)) ?? ""
            setRequest(found[Place(node: node, visit: executions[index].visit)] ?? -1, of: index)
        }
    }
}
