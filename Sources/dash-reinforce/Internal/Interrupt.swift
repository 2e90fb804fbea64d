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

    /// An end was asked for.
    var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }
}
