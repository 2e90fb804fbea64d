import DashStream
import JSON
import TestSupport
import Testing

@testable import Reinforce

/// Changes that are spliced into a state's text are those of RFC 6902 on its tree.
@Suite struct SpliceTests {
    private static let keys = [
        "a", "b", "ab", "é", "日本", "x/y", "t~u", "q\"r", "back\\slash", "new\nline", "", "0", "-",
    ]

    private static func value(_ random: inout SeededNumbers, depth: Int) -> JSONValue {
        switch random.below(depth > 0 ? 9 : 6) {
        case 0: return .null
        case 1: return .bool(random.chance(50))
        case 2: return .integer(Int64(random.below(2000)) - 1000)
        case 3: return .double(random.pick([0.5, -1.25, 1e21, 1e-7, 3.0]))
        case 4: return .string(Text(random.pick(keys + ["}", "]", ",", "{\"a\":[", "\\\""])))
        case 5: return random.chance(50) ? .array([]) : .object(JSONObject())
        case 6, 7:
            let names = (0..<random.below(5)).map { _ in random.pick(keys) }
            return .object(JSONObject(Set(names).sorted().map { (Text($0), value(&random, depth: depth - 1)) }))
        default: return .array((0..<random.below(4)).map { _ in value(&random, depth: depth - 1) })
        }
    }

    /// Leads somewhere in the value most of the time.
    private static func path(_ value: JSONValue, _ random: inout SeededNumbers) -> String {
        var path = ""
        var here: JSONValue? = value
        repeat {
            let token: String
            switch here {
            case .object(let object)? where !object.entries.isEmpty && random.chance(85):
                token = random.pick(object.entries.map(\.key)).string
            case .array(let list)? where random.chance(90):
                token = random.pick(["-", "\(random.below(list.count + 2))", "\(random.below(list.count + 1))"])
            default: token = random.pick(keys + ["01", "99999999999"])
            }
            here =
                here?[Text(token)]
                ?? Int(token).flatMap { index in
                    guard case .array(let list)? = here, list.indices.contains(index) else { return nil }
                    return list[index]
                }
            let escaped = token.replacing("~", with: "~0").replacing("/", with: "~1")
            path += "/" + (random.chance(1) ? escaped + "~" : escaped)
        } while here != nil && random.chance(65)
        return path
    }

    @Test func splicedChangesAreThoseOfAPatchedTree() throws {
        var random = SeededNumbers(seed: 7)
        var applied = 0
        var refused = 0
        for _ in 0..<6000 {
            var state = ThreadState()
            var tree = JSONValue.object(
                JSONObject(
                    Set((0..<4).map { _ in random.pick(Self.keys) }).sorted().map { key in
                        (Text(key), Self.value(&random, depth: 4))
                    }
                )
            )
            try unsafe state.set(tree.canonicalBytes.span.bytes)
            for _ in 0..<6 {
                var operations: [JSONPatchOperation?] = []
                var writer = ProtobufWriter(reserving: 256)
                for _ in 0...random.below(2) {
                    let path = Self.path(tree, &random)
                    let op = random.below(3)
                    let value = Self.value(&random, depth: 2)
                    writer.message(3) { writer in
                        writer.varint(1, op)
                        writer.text(2, path)
                        if op != 1 { writer.data(3, value.canonicalBytes) }
                    }
                    let pointer = try? JSONPointer(Text(path))
                    operations.append(
                        pointer.map { op == 0 ? .add($0, value) : op == 1 ? .remove($0) : .replace($0, value) }
                    )
                }
                var changed: JSONValue? = tree
                for operation in operations {
                    guard let operation, var next = changed else {
                        changed = nil
                        break
                    }
                    changed = (try? operation.apply(to: &next)) == nil ? nil : next
                }
                let isApplied = unsafe (try? state.apply(StateDiffView(validated: writer.bytes.span.bytes))) != nil
                #expect(isApplied == (changed != nil), "\(operations) on \(tree.canonicalText)")
                if let changed { tree = changed }
                if isApplied { applied += 1 } else { refused += 1 }
                var text: [UInt8] = []
                state.appendText(to: &text, exponents: .unsigned)
                guard text == tree.canonicalBytes else {
                    Issue.record("\(String(decoding: text, as: UTF8.self)) is not \(tree.canonicalText): \(operations)")
                    return
                }
            }
        }
        #expect(applied > 4000 && refused > 4000, "\(applied) \(refused)")
    }
}
