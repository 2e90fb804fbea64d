import TestSupport
import Testing

@testable import Reinforce

/// Deviations without one member, against their sums one by one.
@Suite struct LeaveOneOutTests {
    private func direct(_ rewards: [Double], _ index: Int, _ ddof: Int) -> Double {
        var others = rewards
        others.remove(at: index)
        return deviation(others, average(others), ddof)
    }

    private func compare(_ rewards: [Double], ddof: Int = 1) {
        let shortcut = LeaveOneOut(rewards, mean: average(rewards), ddof: ddof)
        for index in rewards.indices {
            let (found, wanted) = (shortcut.deviation(without: index), direct(rewards, index, ddof))
            #expect(abs(found - wanted) <= 1e-9 * wanted, "\(index) of \(rewards.count)")
        }
    }

    @Test func largeGroupsAreWhatTheirSumsAre() {
        var numbers = SeededNumbers(seed: 3)
        for count in [65, 100, 400] {
            compare((0..<count).map { Double($0 % 2) })
            compare((0..<count).map { _ in Double(numbers.below(1000)) / 999 - 0.5 })
            compare((0..<count).map { _ in 1e9 + Double(numbers.below(3)) }, ddof: 0)
        }
    }

    @Test func oneOutlierDoesNotHideTheOthers() {
        compare([1e8] + (0..<99).map { Double($0 % 5) / 10 })
        compare((0..<99).map { Double($0 % 5) / 10 } + [-1e12])
    }

    @Test func whereAllOthersAreEqualTheDeviationIsZero() {
        for odd in [0, 1, 50, 99] {
            var rewards = Array(repeating: 0.1, count: 100)
            rewards[odd] = 0.7
            let shortcut = LeaveOneOut(rewards, mean: average(rewards), ddof: 1)
            #expect(shortcut.deviation(without: odd) == 0)
            #expect(shortcut.deviation(without: (odd + 1) % 100) > 0)
        }
    }
}

/// The `advantages` kernel over many groups.
@Suite struct ManyGroupsTests {
    /// A group found by looking at all groups before it took minutes.
    @Test func manyGroupsAreOneWalk() {
        let count = 40_000
        let rewards = (0..<count).map { Double?(Double($0 % 2)) }
        let groups = (0..<count).map { "g\($0 / 2)" }
        let found = advantages(of: rewards, groups: groups, by: .dashflow)
        #expect(found.count == count)
        #expect(found[0] == found[count - 2])
        #expect(found[1] == estimate([0, 1], by: .dashflow)[1])
    }

    @Test func oneLargeGroupIsOneWalk() throws {
        let estimator = try #require(Estimator.preset("nemo-rl"))
        let found = estimate((0..<40_000).map { Double($0 % 2) }, by: estimator)
        #expect(abs(found[1] - 1.0000250003) < 1e-3)
        #expect(found[0] == -found[1])
    }

    @Test func aQuarantinedGroupHasNoAdvantages() {
        let found = advantages(of: [1e308, -1e308, 0, 1], groups: ["a", "a", "b", "b"], by: .dashflow)
        #expect(found[0] == nil && found[1] == nil)
        #expect(found[2] != nil && found[3] != nil)
        #expect(estimate([1e308, -1e308], by: .dashflow) == [0, 0])
    }

    /// Names are compared by their bytes.
    @Test func groupsAreToldApartByBytes() {
        let found = advantages(of: [0, 1, 0, 1], groups: ["\u{e9}", "\u{e9}", "e\u{301}", "e\u{301}"], by: .dashflow)
        #expect(found[0] == found[2])
        #expect(found[0] != 0)
    }
}
