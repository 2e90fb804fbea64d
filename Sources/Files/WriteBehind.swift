import Dispatch
import Synchronization

/// Hands pieces to a thread of its own that writes them in order, so that whoever makes the next ones need not wait.
/// What waits is bounded; buffers come back to be filled again.
final class WriteBehind: Sendable {
    private struct State {
        var failure: OutputError?
        var spare: [[UInt8]] = []
    }

    private let queue = DispatchQueue(label: "write-behind")
    private let room = DispatchSemaphore(value: WriteBehind.pieces)
    private let state = Mutex(State())
    private let write: @Sendable ([UInt8]) throws(OutputError) -> Void
    /// Pieces that may wait: some 15 MB of an output file.
    private static var pieces: Int { 12 }

    /// - Parameter write: writes one piece; nothing more is written once it has failed.
    init(_ write: @escaping @Sendable ([UInt8]) throws(OutputError) -> Void) { self.write = write }

    /// Takes a piece, and an empty buffer in its place.
    ///
    /// - Throws: what writing an earlier one threw.
    func take(_ bytes: inout [UInt8]) throws(OutputError) {
        room.wait()
        var piece: [UInt8] = []
        swap(&piece, &bytes)
        let failure = state.withLock { state in
            if let spare = state.spare.popLast() { bytes = spare }
            return state.failure
        }
        if let failure {
            room.signal()
            throw failure
        }
        queue.async { [piece] in self.put(piece) }
    }

    private func put(_ piece: consuming [UInt8]) {
        defer { room.signal() }
        guard state.withLock({ $0.failure }) == nil else { return }
        do throws(OutputError) {
            try write(piece)
        } catch {
            state.withLock { $0.failure = error }
        }
        var spare = piece
        spare.removeAll(keepingCapacity: true)
        state.withLock { [spare] state in state.spare.append(spare) }
    }

    /// Waits until everything is written.
    ///
    /// - Throws: what writing threw.
    func finish() throws(OutputError) {
        queue.sync {}
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}
