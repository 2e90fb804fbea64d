import Testing

@testable import Pipeline

@Suite struct PaceTests {
    @Test func aTaskLooksAtTheClockNowAndThen() {
        var pace = Pace()
        #expect((0..<320).filter { _ in pace.mustLook(before: 100) }.count == 9)
        #expect((0..<10).allSatisfy { _ in pace.mustLook(before: 1 << 20) })
    }
}
