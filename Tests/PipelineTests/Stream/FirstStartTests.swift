import Testing

@testable import Pipeline

/// A group that has committed nothing is new, or has lost what it had committed.
@Suite struct FirstStartTests {
    @Test(
        arguments: [
            // answers of the broker, one after the other: is anything committed?
            ([true], true, false),
            ([false], false, false),
            // another process has made the first commit meanwhile
            ([false, true], true, false),
            // at least once: it has written, and is about to commit
            ([false, false, false, true], true, false),
            ([false], true, true),
        ]
    )
    func offsetsAreGoneWhereOutputIsThereAndNobodyCommits(_ committed: [Bool], _ holdsOutput: Bool, _ areGone: Bool) {
        var asked = 0
        let found = FirstStart.areOffsetsGone {
            defer { asked += 1 }
            return committed[min(asked, committed.count - 1)]
        } holdsOutput: {
            holdsOutput
        } pause: {
        }
        #expect(found == areGone)
    }
}
