import JSON
import TestSupport
import Testing

@testable import Reinforce

/// What other programs compute: `Tests/Oracle/rewards.py` made the file, and says which ones.
@Suite("Built-in rewards and what others compute")
struct OracleTests {
    private func rows(_ name: Text) throws -> [[JSONValue]] {
        let rows = try Fixture.json("rewards/built_in.json")[name]?.list ?? []
        #expect(rows.count > 10, "\(name)")
        return rows.map(\.list)
    }

    private func isSame(_ a: Double, _ b: Double?) -> Bool { b.map { abs(a - $0) <= 1e-12 * max(1, abs($0)) } ?? false }

    @Test("contains: as Python's `in`")
    func contains() throws {
        for row in try rows("contains") {
            let (needle, text) = (row[0].text ?? "?", row[1].text ?? "?")
            #expect(ContainsReward.contains(Array(text.utf8), Array(needle.utf8)) == (row[2].asNumber == 1), "\(row)")
        }
    }

    @Test("token_f1: as the evaluation of SQuAD 2.0")
    func tokenF1() throws {
        for row in try rows("token_f1") {
            #expect(isSame(TokenF1Reward.score(row[0].text ?? "?", row[1].text ?? "?"), row[2].asNumber), "\(row)")
        }
    }

    @Test("edit_similarity: as rapidfuzz")
    func editSimilarity() throws {
        for row in try rows("edit_similarity") {
            let (a, b) = (Array((row[0].text ?? "?").unicodeScalars), Array((row[1].text ?? "?").unicodeScalars))
            #expect(isSame(EditSimilarityReward.score(a, b), row[2].asNumber), "\(row)")
        }
    }

    @Test("regex: as Python's re with re.ASCII")
    func regex() throws {
        for row in try rows("regex") {
            let pattern = try Pattern(row[0].text ?? "")
            #expect(pattern.isFound(in: row[1].text ?? "?") == (row[2] == .bool(true)), "\(row)")
        }
    }

    @Test("numeric: the number in a text")
    func number() throws {
        for row in try rows("number") {
            #expect(NumericReward.lastNumber(in: Array((row[0].text ?? "").utf8)) == row[1].asNumber, "\(row)")
        }
    }

    @Test("numeric: close as math.isclose")
    func numeric() throws {
        for row in try rows("numeric") {
            let numbers = row.prefix(4).compactMap(\.asNumber)
            let reward = NumericReward(Expectation(), tolerance: numbers[2], relative: numbers[3])
            #expect(reward.isClose(numbers[0], numbers[1]) == (row[4] == .bool(true)), "\(row)")
        }
    }

    @Test("overlong: as TRL's soft overlong punishment and verl's overlong buffer")
    func overlong() throws {
        for row in try rows("overlong_trl") {
            let n = row.compactMap(\.asNumber)
            #expect(
                isSame(OverlongReward(.trl, maxLength: Int(n[0]), buffer: Int(n[1])).penalty(Int(n[2])), n[3]),
                "\(row)"
            )
        }
        for row in try rows("overlong_verl") {
            let n = row.compactMap(\.asNumber)
            let reward = OverlongReward(.verl, maxLength: Int(n[0]), buffer: Int(n[1]), factor: n[2])
            #expect(isSame(reward.penalty(Int(n[3])), n[4]), "\(row)")
        }
    }

    @Test("repetition: the share of word sequences that come again")
    func repetition() throws {
        for row in try rows("repetition") {
            let n = row.dropFirst().compactMap(\.asNumber)
            let reward = RepetitionReward(RewardPlace(), ngram: Int(n[0]), maxPenalty: n[1])
            #expect(isSame(reward.penalty(row[0].text ?? ""), n[2]), "\(row)")
        }
    }
}
