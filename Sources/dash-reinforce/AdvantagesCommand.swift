import Arguments
import Foundation
import JSON
import Pipeline
internal import Problems
import Reinforce
import Spelling

/// `advantages`
struct AdvantagesCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        let name = parsed.last("estimator") ?? "dashflow"
        let estimators = name == "all" ? Estimator.systems : Estimator.preset(name).map { [$0] } ?? []
        guard !estimators.isEmpty else {
            let names = Estimator.presets.map(\.preset) + ["all"]
            throw ArgumentProblem(
                "--estimator must be one of \(names.joined(separator: ", ")), not `\(name)`\(suggestion(for: name, among: names))"
            )
        }
        let path = parsed.last("input") ?? "-"
        let asTable = Output.isTerminal && !parsed.has("json")
        for (index, line) in try readText(path).split(separator: UInt8(ascii: "\n")).enumerated() {
            let place = "\(path == "-" ? "stdin" : path) line \(index + 1)"
            let given = try RewardLine(Array(line), place)
            let results = estimators.map {
                ($0.preset, advantages(of: given.rewards, groups: given.groups, lengths: given.lengths, by: $0))
            }
            Output.print(asTable ? table(given, results) : json(results))
        }
        return 0
    }

    private func json(_ results: [(String, [Double?])]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, advantages) in results {
            writer.key(name)
            writer.beginArray()
            // a quarantined group has none, which is not the same as 0
            for advantage in advantages { if let advantage { writer.double(advantage) } else { writer.null() } }
            writer.endArray()
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    private func table(_ given: RewardLine, _ results: [(String, [Double?])]) -> String {
        func cell(_ text: String) -> String { String(repeating: " ", count: max(1, 12 - text.count)) + text }
        func number(_ value: Double) -> String {
            let scaled = (value * 1_000_000).rounded() / 1_000_000
            return scaled == 0 ? "0" : "\(scaled)"
        }
        func head(_ text: String) -> String { text + String(repeating: " ", count: max(1, 30 - text.count)) }
        var text = head("reward") + given.rewards.map { cell($0.map(number) ?? "–") }.joined() + "\n"
        if !given.groups.isEmpty { text += head("group") + given.groups.map { cell($0) }.joined() + "\n" }
        for (name, advantages) in results {
            text += head(name) + advantages.map { cell($0.map(number) ?? "quarantined") }.joined() + "\n"
        }
        return text + "\n"
    }
}

/// One line of rewards.
struct RewardLine {
    let rewards: [Double?]
    let groups: [String]
    let lengths: [Double]

    init(_ line: [UInt8], _ place: String) throws(PipelineProblem) {
        let value: JSONValue
        do { value = try JSONValue(parsing: line) } catch {
            throw PipelineProblem(.data, "\(place) is not JSON: \(error)")
        }
        try Self.checkFields(of: value, place)
        guard case .array(let rewards)? = value["rewards"] else {
            throw PipelineProblem(.data, "\(place) has no list `rewards`")
        }
        self.rewards = try rewards.map { reward throws(PipelineProblem) in
            if reward == .null { return nil }
            guard let number = reward.asNumber else {
                throw PipelineProblem(.data, "\(place) has a reward that is neither a number nor null")
            }
            return number
        }
        groups = try Self.list(value["groups"], "groups", rewards.count, place) { element in
            switch element {
            case .string(let text): text.string
            case .integer(let number): String(number)
            default: nil
            }
        }
        lengths = try Self.list(value["lengths"], "lengths", rewards.count, place) { $0.asNumber }
        if lengths.contains(where: { $0 < 0 }) { throw PipelineProblem(.data, "\(place) has a negative length") }
    }

    /// A field that is not known is most likely a misspelt one: without it the numbers would be others.
    private static func checkFields(of value: JSONValue, _ place: String) throws(PipelineProblem) {
        guard case .object(let object) = value else { throw PipelineProblem(.data, "\(place) is not a JSON object") }
        let known = ["rewards", "groups", "lengths"]
        for key in object.keys where !known.contains(key.string) {
            let hint = nearest(to: key.string, among: known).map { "did you mean `\($0)`?" }
            throw PipelineProblem(
                .data,
                "\(place) has an unknown field `\(key)`; " + (hint ?? "there are \(known.joined(separator: ", "))")
            )
        }
    }

    private static func list<Element>(
        _ value: JSONValue?,
        _ name: String,
        _ count: Int,
        _ place: String,
        _ read: (JSONValue) -> Element?
    ) throws(PipelineProblem) -> [Element] {
        guard let value, value != .null else { return [] }
        guard case .array(let elements) = value, elements.count == count else {
            throw PipelineProblem(.data, "\(place): `\(name)` must be a list as long as `rewards` (\(count))")
        }
        let read = elements.compactMap(read)
        guard read.count == count else {
            throw PipelineProblem(.data, "\(place): `\(name)` has an element of a wrong type")
        }
        return read
    }
}
