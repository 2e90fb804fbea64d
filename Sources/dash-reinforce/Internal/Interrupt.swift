import DashStream
import Foundation
import Synchronization

/// How many times an end was asked for. Global, because a signal handler can reach nothing else.
private let requests = Atomic(0)

/// Notices Ctrl-C and SIGTERM: the first one asks for an end, the second one is the end.
struct Interrupt: Sendable {
    init() {
        // whoever started this program may have had them blocked, and that is inherited
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for signal in [SIGINT, SIGTERM] {
            Foundation.signal(signal) { _ in
                if requests.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
            }
        }
    }

    /// For commands that have nothing to lose: whatever they are busy with or wait for (a long step, a broker, standard
    /// input), they end some seconds after the first request.
    static func ofTool(seconds: Double = 2) -> Interrupt {
        let interrupt = Interrupt()
        interrupt.limit(seconds: seconds) {
            Output.error("interrupted; what was in hand did not end within \(Int(saturating: seconds)) s")
            _exit(130)
        }
        return interrupt
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
