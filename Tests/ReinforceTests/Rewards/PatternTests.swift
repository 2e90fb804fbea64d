import Testing

@testable import Reinforce

@Suite("Patterns")
struct PatternTests {
    @Test(
        "What a pattern cannot be is said with its place",
        arguments: [
            ("(a", "without a `)`"), ("a)", "without a `(`"), ("[a", "without a `]`"), ("*a", "repeats nothing"),
            ("a**", "repeats a repetition"), ("a\\", "ends with"), (#"(a)\1"#, "no references back"), ("(?=a)", "(?:"),
            ("(?<n>a)", "(?:"), ("[z-a]", "greater character"), ("a{3,2}", "at least 3"), ("a{1001}", "1000 times"),
            (#"\x4"#, "2 hexadecimal digits"), ("((a{1000}){1000}){1000}", "too large"),
            ("(((){1000}){1000}){1000}", "too large"), (String(repeating: "(", count: 200), "in one another"),
        ]
    )
    func broken(_ source: String, _ reason: String) {
        let problem = #expect(throws: PatternProblem.self) { try Pattern(source) }
        #expect(problem?.description.contains(reason) == true, "\(String(describing: problem))")
    }

    @Test(
        "A text that other engines never come to an end with is linear here",
        arguments: ["(a+)+$", "(a|a)*b", "(.*)*x"]
    )
    func hostile(_ source: String) throws {
        // thirty letters keep an engine that goes back busy for minutes; here are ten thousand
        let text = String(repeating: "a", count: 10_000) + "!"
        #expect(try Pattern(source).isFound(in: text) == false)
    }

    @Test("Beyond its steps nothing is claimed of a text")
    func bounded() throws {
        let pattern = try Pattern("a{0,200}b")
        let text = String(repeating: "a", count: 1000)
        #expect(pattern.isFound(in: text, maxSteps: 1000) == nil)
        #expect(pattern.isFound(in: text) == false)
    }

    @Test("Case counts unless it is told not to")
    func cases() throws {
        #expect(try Pattern("straße É").isFound(in: "STRAßE é") == false)
        #expect(try Pattern("straße É", ignoresCase: true).isFound(in: "STRAßE é") == true)
        #expect(try Pattern("[^a]", ignoresCase: true).isFound(in: "A") == false)
    }
}
