import KafkaTestSupport
import Testing

/// Runs a suite on threads of its own, since its tests wait more than they compute.
struct Waiting: SuiteTrait, TestTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(WaitingThreads.shared) { try await function() }
    }
}

extension Trait where Self == Waiting {
    /// The tests wait for brokers, processes or clocks.
    static var waits: Self { Waiting() }
}
