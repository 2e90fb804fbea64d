import Foundation
import Synchronization

/// How many times an end was asked for. Global, because a signal handler can reach nothing else.
private let requests = Atomic(0)

/// Notices Ctrl-C and SIGTERM: the first one asks for an end, the second one is the end.
struct Interrupt: Sendable {
    init() {
        for signal in [SIGINT, SIGTERM] {
            Foundation.signal(signal) { _ in
                if requests.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
            }
        }
    }

    /// An end that was asked for may take so long; then `body` is called, on a thread of its own.
    func limit(seconds: Double, _ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            while requests.load(ordering: .relaxed) == 0 { Thread.sleep(forTimeInterval: 0.1) }
            Thread.sleep(forTimeInterval: seconds)
            body()
        }
    }

    /// An end was asked for.
    var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }
}
