internal import Kafka
internal import Reinforce

/// A desk for work without a stream: while it takes no further question, whoever asks waits, so that no more is held than may
/// be asked about at a time.
final class WaitingDesk {
    /// Without a stream there is one partition of everything.
    private static let place = TopicPartition("", 0)
    private let desk: RewardDesk
    private let isInterrupted: (() -> Bool)?
    /// The work is to end: nothing more is asked, and nothing waited for.
    private(set) var wasInterrupted = false
    /// Called with what was said, on the thread that asks.
    var onSaid: ((RewardLine) -> Void)?

    /// - Parameter isInterrupted: asked while it waits; true ends the asking.
    init(_ desk: RewardDesk, _ isInterrupted: (() -> Bool)? = nil) {
        self.desk = desk
        self.isInterrupted = isInterrupted
    }

    /// Waits until a further question is taken.
    ///
    /// - Returns: false when interrupted.
    func makeRoom() -> Bool {
        while desk.isFull, !wasInterrupted { wait() }
        // an answer may have made the room just now: whoever waits for it is held until it is taken
        takeSaid()
        return !wasInterrupted
    }

    /// Asks, and takes what others have said meanwhile.
    func ask(_ questions: [RewardQuestion]) {
        desk.ask(questions, for: Self.place)
        takeSaid()
    }

    /// Waits for what is still to be said.
    ///
    /// - Parameter isLacking: something is.
    /// - Returns: false when interrupted.
    func finish(while isLacking: () -> Bool) -> Bool {
        while isLacking(), !wasInterrupted { wait() }
        return !wasInterrupted
    }

    private func wait() {
        if isInterrupted?() == true { wasInterrupted = true }
        desk.wait(milliseconds: 100)
        takeSaid()
    }

    private func takeSaid() { for said in desk.takeSaid() { onSaid?(said.line) } }
}
