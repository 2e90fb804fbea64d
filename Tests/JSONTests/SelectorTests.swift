import TestSupport
import Testing

@testable import JSON

/// A value read where it stands is the one that a tree of the whole text has there, and an error is the same one.
@Suite struct SelectorTests {
    private static func text(_ random: inout SeededNumbers, depth: Int) -> String {
        let space = random.pick(["", "", " ", "\n\t"])
        switch random.below(depth > 0 ? 8 : 5) {
        case 0: return random.pick(["null", "true", "false"])
        case 1: return random.pick(["0", "-1", "12345678901234567890", "1.5e3", "1E400", "01", "-"])
        case 2, 3:
            return random.pick(["\"a\"", "\"\\u0061\"", "\"é\"", "\"\"", "\"\\ud800\"", "\"\u{1}\"", "\"a\\/b\""])
        case 4: return random.pick(["[]", "{}", "[ ]", "{ }"])
        case 5, 6:
            let names = ["\"a\"", "\"\\u0061\"", "\"b\"", "\"a/b\"", "\"0\"", "\"é\""]
            let entries = (0..<random.below(5)).map { _ in
                random.pick(names) + space + ":" + space + text(&random, depth: depth - 1)
            }
            return "{" + space + entries.joined(separator: "," + space) + "}"
        default:
            return "[" + (0..<random.below(4)).map { _ in text(&random, depth: depth - 1) }.joined(separator: ",") + "]"
        }
    }

    @Test func whatStandsAtAPlaceIsWhatATreeHasThere() throws {
        var random = SeededNumbers(seed: 11)
        var found = 0
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = Array(Self.text(&random, depth: 5).utf8)
            if random.chance(15), !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.chance(5) { bytes.removeLast() }
            let tokens = (0..<random.below(4)).map { _ in random.pick(["a", "b", "a~1b", "0", "1", "é", "-"]) }
            let pointer = try JSONPointer(Text(tokens.map { "/" + $0 }.joined()))
            let whole = Result { () throws(JSONError) in pointer.evaluate(try JSONValue(parsing: bytes)) }
            let part = Result { () throws(JSONError) in try unsafe JSONValue(parsing: bytes.span.bytes, at: pointer) }
            #expect(part == whole, "\(String(decoding: bytes, as: UTF8.self)) at \(tokens)")
            switch whole {
            case .success(let value): found += value == nil ? 0 : 1
            case .failure: refused += 1
            }
        }
        #expect(found > 2000 && refused > 2000, "\(found) \(refused)")
    }

    @Test func depthIsBoundedOffTheWayToo() throws {
        let deep = "{\"a\":1,\"b\":" + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}"
        let pointer = try JSONPointer("/a")
        #expect(throws: JSONError.self) { try unsafe JSONValue(parsing: Array(deep.utf8).span.bytes, at: pointer) }
    }
}
