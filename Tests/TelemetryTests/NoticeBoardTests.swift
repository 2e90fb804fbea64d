import Telemetry
import Testing

@Suite struct NoticeBoardTests {
    private typealias Board = NoticeBoard<String, Int>

    private func told(_ notices: [Board.Notice]) -> [String] {
        notices.map { "\($0.reason) \($0.count) \($0.total) \($0.sample.map(String.init) ?? "-") \($0.isFirst)" }
    }

    @Test func theFirstIsToldAtOnceWithItsSample() {
        var board = Board()
        board.note("late", count: 3, sample: 7)
        board.note("late", sample: 8)
        #expect(told(board.due(at: 5)) == ["late 4 4 7 true"])
        #expect(told(board.due(at: 6)) == [])
    }

    @Test func whatGoesOnIsToldOnceAnInterval() {
        var board = Board(interval: 60_000)
        board.note("late", sample: 1)
        _ = board.due(at: 1000)
        board.note("late", count: 2, sample: 2)
        #expect(told(board.due(at: 60_999)) == [])
        board.note("late", count: 5, sample: 3)
        #expect(told(board.due(at: 61_000)) == ["late 7 8 - false"])
        // nothing more has happened
        #expect(told(board.due(at: 200_000)) == [])
        board.note("late", sample: 4)
        #expect(told(board.due(at: 200_001)) == ["late 1 9 - false"])
    }

    @Test func everyReasonHasATimeOfItsOwn() {
        var board = Board(interval: 100)
        board.note("b", sample: 1)
        _ = board.due(at: 0)
        board.note("a", sample: 2)
        board.note("b", sample: 3)
        #expect(told(board.due(at: 50)) == ["a 1 1 2 true"])
        #expect(told(board.due(at: 100)) == ["b 1 2 - false"])
    }

    @Test func theEndTellsTheRest() {
        var board = Board()
        board.note("a", sample: 1)
        _ = board.due(at: 0)
        board.note("a", count: 4, sample: nil)
        #expect(told(board.due(at: 1)) == [])
        #expect(told(board.rest(at: 1)) == ["a 4 5 - false"])
        #expect(told(board.rest(at: 1)) == [])
    }

    @Test func nothingIsNotTold() {
        var board = Board()
        board.note("a", count: 0, sample: 1)
        #expect(told(board.rest(at: 0)) == [])
    }
}
