import Foundation

/// Work in lanes: pieces of one lane are done in the order in which they were added, one at a time; lanes go side by side,
/// and none waits for another.
package final class LanePool: @unchecked Sendable {
    /// Pieces that are done one after the other.
    package final class Lane {
        fileprivate var pieces: [Piece] = []
        /// It waits for a thread, or has one.
        fileprivate var isTaken = false

        package init() {}
    }

    /// Pieces that somebody waits for together.
    package final class Group {
        fileprivate var left = 0

        package init() {}
    }

    fileprivate struct Piece {
        let group: Group
        let body: () -> Void
    }

    private let condition = NSCondition()
    private var ready: [Lane] = []
    private var isEnded = false
    private let workers = DispatchGroup()

    /// - Parameter threads: how many work, the one that waits for a group included.
    package init(threads: Int) {
        for _ in 1..<max(1, threads) {
            workers.enter()
            DispatchQueue.global().async { [self] in
                work()
                workers.leave()
            }
        }
    }

    /// Adds a piece behind those of its lane. All pieces of a group are added before it is waited for.
    package func add(to lane: Lane, _ group: Group, _ body: @escaping () -> Void) {
        condition.lock()
        defer { condition.unlock() }
        group.left += 1
        lane.pieces.append(Piece(group: group, body: body))
        guard !lane.isTaken else { return }
        lane.isTaken = true
        ready.append(lane)
        condition.signal()
    }

    /// Takes part until all pieces of a group are done.
    package func finish(_ group: Group) {
        condition.lock()
        defer { condition.unlock() }
        while group.left > 0 { if !takePart() { condition.wait() } }
    }

    /// Ends it: what has begun is waited for, and nothing else begins. To be called before it is let go.
    package func end() {
        condition.lock()
        isEnded = true
        condition.broadcast()
        condition.unlock()
        workers.wait()
    }

    private func work() {
        condition.lock()
        defer { condition.unlock() }
        while !isEnded { if !takePart() { condition.wait() } }
    }

    /// Does one piece, where one is ready. To be called with the lock, which is given back meanwhile.
    private func takePart() -> Bool {
        guard !ready.isEmpty else { return false }
        let lane = ready.removeFirst()
        let piece = lane.pieces.removeFirst()
        condition.unlock()
        piece.body()
        condition.lock()
        if lane.pieces.isEmpty {
            lane.isTaken = false
        } else {
            ready.append(lane)
            condition.signal()
        }
        piece.group.left -= 1
        if piece.group.left == 0 { condition.broadcast() }
        return true
    }
}
