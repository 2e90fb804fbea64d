import DashStream
import JSON

/// Puts LLM events together to calls: by their request id, else by the node they name.
struct CallBook {
    /// Calls that an event without an id may mean, of one node.
    private struct Shelf: Hashable {
        let node: Text
        let hasID: Bool
        let isFailed: Bool
    }

    private(set) var calls: [GatheredCall] = []
    private var byID: [Text: Int] = [:]
    /// Numbers of calls in order.
    private var shelves: [Shelf: [Int]] = [:]
    private var events = 0
    private(set) var retries = 0
    /// Retries that no call was found for.
    private(set) var droppedRetries = 0

    mutating func removeAll() { self = CallBook() }

    /// The call of that request.
    func call(_ request: Text) -> Int? { byID[request] }

    mutating func addChunk(_ chunk: Int, to call: Int) { calls[call].chunks.append(chunk) }

    /// Takes an LLM event of the main lane, in order.
    mutating func receive(_ event: borrowing EventView, _ message: borrowing StoredMessage) {
        events += 1
        let request = Text(utf8: event.llmRequestID).flatMap { $0.string.isEmpty ? nil : $0 }
        let node = Text(utf8: event.nodeID) ?? ""
        guard let index = find(event.eventType, request, node) ?? open(event.eventType, request, message.eventTime)
        else {
            droppedRetries += 1
            return
        }
        let (kind, position, time, order) = (event.eventType, message.position, message.eventTime, events)
        change(index) { call in
            if call.node == nil, !node.string.isEmpty { call.node = node }
            switch kind {
            case EventCode.llmStart:
                call.start = position
                if call.startedAt == nil { (call.startedAt, call.order) = (time, order) }
            case EventCode.llmEnd, EventCode.llmError:
                (call.end, call.endedAt, call.isFailed) = (position, time, kind == EventCode.llmError)
            default:
                (call.end, call.endedAt, call.isFailed) = (-1, nil, false)
                call.retriedAt = max(call.retriedAt ?? time, time)
            }
        }
        if kind == EventCode.llmRetry { retries += 1 }
    }

    private func find(_ kind: Int32, _ request: Text?, _ node: Text) -> Int? {
        if let request { return byID[request] }
        if kind == EventCode.llmStart { return nil }
        for hasID in [false, true] {
            if let oldest = shelves[Shelf(node: node, hasID: hasID, isFailed: false)]?.first { return oldest }
        }
        guard kind == EventCode.llmRetry else { return nil }
        for hasID in [false, true] {
            if let latest = shelves[Shelf(node: node, hasID: hasID, isFailed: true)]?.last { return latest }
        }
        return nil
    }

    /// A new call; nil: a retry without an id begins none.
    private mutating func open(_ kind: Int32, _ request: Text?, _ time: Int64) -> Int? {
        if kind == EventCode.llmRetry, request == nil { return nil }
        let index = calls.count
        calls.append(GatheredCall(request: request, node: nil, order: events, firstAt: time))
        if let request { byID[request] = index }
        if let shelf = shelf(index) { shelves[shelf, default: []].append(index) }
        return index
    }

    private func shelf(_ index: Int) -> Shelf? {
        let call = calls[index]
        guard call.isOpen || call.isFailed else { return nil }
        return Shelf(node: call.node ?? "", hasID: call.request != nil, isFailed: !call.isOpen)
    }

    private mutating func change(_ index: Int, _ body: (inout GatheredCall) -> Void) {
        let before = shelf(index)
        body(&calls[index])
        let after = shelf(index)
        guard before != after else { return }
        if let before, let at = Self.place(of: index, shelves[before]) { shelves[before]?.remove(at: at) }
        if let after { shelves[after, default: []].insert(index, at: Self.place(of: index, shelves[after]) ?? 0) }
    }

    /// Where a number stands in a list in order, or would.
    private static func place(of index: Int, _ list: [Int]?) -> Int? {
        guard let list else { return nil }
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
