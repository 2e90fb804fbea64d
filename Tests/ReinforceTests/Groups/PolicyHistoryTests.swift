import JSON
import Testing

@testable import Reinforce

/// Which policy version was the newest at some time.
@Suite struct PolicyHistoryTests {
    @Test func theGreatestVersionByThatTimeCountsInWhateverOrderTheyCome() {
        let notes: [(version: Int64, time: Int64)] = [(3, 100), (5, 300), (4, 200), (2, 250), (9, 400)]
        for order in [notes, notes.reversed(), notes.sorted { $0.version < $1.version }] {
            var history = PolicyHistory()
            for note in order { history.note(note.version, of: "t", at: note.time) }
            let found = [99, 100, 199, 200, 260, 300, 400, 9999].map { history.newest("t", at: $0) }
            #expect(found == [nil, 3, 3, 4, 4, 5, 9, 9])
            #expect(history.newest("other", at: 9999) == nil)
        }
    }

    @Test func aVersionOfEverybodyCountsForEachTenant() {
        var history = PolicyHistory()
        history.note(5, of: nil, at: 100)
        history.note(7, of: "t", at: 50)
        #expect(history.newest("other", at: 99) == nil)
        #expect(history.newest("other", at: 100) == 5)
        #expect(history.newest("t", at: 100) == 7)
        history.note(8, of: nil, at: 200)
        #expect(history.newest("t", at: 200) == 8)
    }

    @Test func aVersionThatIsNoWholeNumberIsPassedOver() {
        var history = PolicyHistory()
        for version: Text in ["v7", "", "7.5", "99999999999999999999"] { history.note(version, of: "t", at: 1) }
        #expect(history.newest("t", at: 1) == nil)
    }

    @Test func stepsAndTenantsAreBounded() {
        var history = PolicyHistory()
        for version in 1...100 { history.note(Int64(version), of: "t", at: Int64(version), keeping: 10) }
        #expect(history.newest("t", at: 90) == nil)
        #expect(history.newest("t", at: 91) == 91)
        #expect(history.newest("t", at: 1000) == 100)
        for tenant in 1...10 { history.note(1, of: Text("n\(tenant)"), at: Int64(1000 + tenant)) }
        history.forgetTenants(beyond: 11)
        #expect(history.tenants == 11)
        history.forgetTenants(beyond: 10)
        #expect(history.tenants == 5)
        #expect(history.newest("t", at: 2000) == nil)
        #expect(history.newest("n10", at: 2000) == 1)
    }
}
