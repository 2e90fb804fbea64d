import Spelling
import Testing

@Suite struct NearestTests {
    @Test(arguments: [
        ("kep", ["keep", "drop"], "keep"), ("fsat", ["fast", "slow"], "fast"), ("rnu", ["run", "record"], "run"),
        ("INFO", ["info", "error"], "info"), ("verll", ["trl", "verl"], "verl"),
        ("groups.setle", ["groups.settle", "groups.deadline"], "groups.settle"),
    ])
    func aSlipOfThePenIsRecognised(_ typed: String, _ known: [String], _ meant: String) {
        #expect(nearest(to: typed, among: known) == meant)
        #expect(suggestion(for: typed, among: known) == "; did you mean `\(meant)`?")
    }

    @Test(arguments: [
        ("2", ["", "0", "1"]), ("x", ["a", "b"]), ("", ["", "a"]), ("ab", ["cd", "ef"]),
        ("tomorrow", ["earliest", "latest"]),
        ("on", ["info", "text"]),
    ])
    func whatIsOnlyShortIsNotSimilar(_ typed: String, _ known: [String]) {
        #expect(nearest(to: typed, among: known) == nil)
        #expect(suggestion(for: typed, among: known) == "")
    }

    /// The first by the alphabet, so that a message is the same every time.
    @Test func amongEquallyNearNamesTheOrderDoesNotDecide() {
        #expect(nearest(to: "cast", among: ["past", "fast"]) == "fast")
        #expect(nearest(to: "cast", among: ["fast", "past"]) == "fast")
    }

    @Test func aVeryLongNameIsNotComparedLetterByLetter() {
        let long = String(repeating: "x", count: 100_000)
        #expect(nearest(to: long, among: ["info"]) == nil)
    }
}
