internal import Dispatch
internal import Synchronization

/// One piece of work at a time beside the caller, who looks for its result now and then. Nobody waits for it: work that is
/// not wanted any more ends by itself.
final class SideJob<Outcome: Sendable>: Sendable {
    private let state = Mutex<(isBusy: Bool, outcome: Outcome?)>((false, nil))

    /// Begins; false: the work before is not over, or its result was not taken.
    func start(_ body: @escaping @Sendable () -> Outcome) -> Bool {
        let isFree = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        guard isFree else { return false }
        DispatchQueue.global().async { [self] in
            let outcome = body()
            state.withLock { $0.outcome = outcome }
        }
        return true
    }

    /// The result, once; nil: there is none yet.
    func take() -> Outcome? {
        state.withLock { state in
            guard let outcome = state.outcome else { return nil }
            state = (false, nil)
            return outcome
        }
    }
}
