import Testing

@testable import Judges

@Suite("Pauses, and nobody asking while a judge is down")
struct PolicyTests {
    @Test("A pause doubles up to its bound, is at least its half, and never shorter than the service asks for")
    func pauses() {
        var policy = RetryPolicy()
        policy.firstPause = 200
        policy.longestPause = 1000
        #expect((1...5).map { policy.pause(after: $0, retryAfter: nil, random: 1) } == [200, 400, 800, 1000, 1000])
        #expect((1...3).map { policy.pause(after: $0, retryAfter: nil, random: 0) } == [100, 200, 400])
        #expect(policy.pause(after: 1, retryAfter: 5000, random: 0) == 5000)
        #expect(policy.pause(after: 1, retryAfter: 1 << 40, random: 0) == 60_000)
        #expect(policy.pause(after: 1 << 40, retryAfter: nil, random: 2) == 1000)
    }

    @Test("It opens after eight failures in a row, lets one question through, and closes with its answer")
    func breaker() {
        var breaker = CircuitBreaker()
        func fail(at now: Int64, isProbe: Bool = false) -> Bool { breaker.fail(at: now, isProbe: isProbe) }
        func admit(at now: Int64) -> CircuitBreaker.Admission { breaker.admit(at: now) }
        func succeed() -> Bool { breaker.succeed() }
        for _ in 0..<7 { #expect(!fail(at: 0)) }
        #expect(!succeed())
        for _ in 0..<7 { #expect(!fail(at: 0)) }
        #expect(fail(at: 0))
        #expect(admit(at: 999) == .wait(until: 1000))
        #expect(admit(at: 1000) == .probe)
        #expect(admit(at: 1000) == .wait(until: 2000))
        #expect(!fail(at: 1000))
        #expect(!fail(at: 1100, isProbe: true))
        #expect(admit(at: 3000) == .wait(until: 3100))
        #expect(admit(at: 3100) == .probe)
        #expect(succeed())
        #expect(admit(at: 3200) == .go)
    }
}
