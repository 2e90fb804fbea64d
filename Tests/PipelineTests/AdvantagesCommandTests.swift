import Foundation
import JSON
import TestSupport
import Testing

/// `advantages` as a user runs it.
@Suite struct AdvantagesCommandTests {
    private func run(_ line: String, _ more: String...) throws -> Tool {
        let folder = try TemporaryFolder()
        try Data((line + "\n").utf8).write(to: URL(filePath: folder.file("in")))
        return try Tool(arguments: ["advantages", "--json", "--input", folder.file("in")] + more)
    }

    @Test func aQuarantinedGroupHasNoAdvantagesInsteadOfZeros() throws {
        let tool = try run(#"{"rewards":[1e308,-1e308,0,1],"groups":["a","a","b","b"]}"#)
        #expect(tool.code == 0)
        let list = try JSONValue(parsing: tool.out)["dashflow"]?.list ?? []
        #expect(list.prefix(2) == [.null, .null])
        #expect(list.last?.number.map { $0 > 0.7 } == true)
    }

    @Test func aMisspeltFieldIsNamedWithASuggestion() throws {
        let tool = try run(#"{"rewards":[0,1],"length":[1,2]}"#)
        #expect(tool.code == 65)
        #expect(tool.error.contains("line 1 has an unknown field `length`; did you mean `lengths`?"))
        let other = try run(#"{"rewards":[0,1],"temperature":1}"#)
        #expect(other.error.contains("there are rewards, groups, lengths"))
        #expect(try run("[1]").error.contains("is not a JSON object"))
    }

    @Test func largeWholeNumbersAreRewards() throws {
        let tool = try run(#"{"rewards":[18446744073709551617,0]}"#, "--estimator", "verl-dr")
        #expect(try JSONValue(parsing: tool.out)["verl-dr"]?.list.first?.number == 9_223_372_036_854_775_808)
    }
}
