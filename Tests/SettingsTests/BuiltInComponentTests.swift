import Settings
import Testing

/// Components that are computed from the trace: their parameters are read, written, and refused with a helpful word.
@Suite struct BuiltInComponentTests {
    private func component(_ text: String) -> (Settings.Rewards.Component?, [String]) {
        let (settings, errors) = load("rewards: {components: [{name: c, \(text)}]}")
        return (settings.rewards.components.first, errors)
    }

    @Test(arguments: [
        "type: contains, of: completion, label: answer, ignore_case: true", "type: regex, pattern: \"a, [b]\\\\d\"",
        "type: numeric, of: \"node:solve it\", pointer: /x, tolerance: 0.5, relative: 0.01, value: 3",
        "type: json_field, field: /a/b, of: completion", "type: token_f1, fields: {answer: /result}",
        "type: edit_similarity", "type: tool_success, default: 1", "type: latency, free: 2, limit: 30.5",
        "type: tokens, weight: -0.001", "type: steps, count: calls, limit: 8",
        "type: repetition, ngram: 4, max_penalty: -0.5",
        "type: overlong, form: verl, max_length: 4096, buffer: 512, factor: 0.5, count: total",
        "type: contains, value: \"3\", of: completion", "type: json_field, value: true",
    ])
    func everyTypeIsReadAndWritten(_ text: String) {
        let (read, errors) = component(text)
        #expect(errors == [])
        #expect(read?.isBuiltIn == true)
        var settings = Settings()
        settings.rewards.components = read.map { [$0] } ?? []
        #expect(load(settings.render(hidingSecrets: false)).settings.rewards == settings.rewards)
    }

    @Test func parametersHaveTheirValues() {
        let read = component("type: numeric, of: completion, tolerance: 0.5, value: 3, label: x").0?.builtIn
        #expect(read?.of == "completion" && read?.tolerance == 0.5 && read?.value == "3")
        #expect(component("type: contains, value: \"3\"").0?.builtIn.value == "\"3\"")
    }

    @Test(arguments: [
        ("type: containz", "did you mean `contains`?"), ("type: numeric, tolerence: 1", "did you mean `tolerance`?"),
        ("type: numeric, tolerance: -1", "a number from 0"), ("type: regex", "without `pattern`"),
        ("type: regex, pattern: x, label: y", "unknown key `label`"),
        ("type: contains, of: state", "final_state, completion or node:NAME"),
        ("type: contains, of: \"node:\"", "node:NAME"), ("type: contains, pointer: x", "a JSON pointer"),
        ("type: overlong, max_length: 10", "without `buffer`"), ("type: overlong, buffer: 10", "without `max_length`"),
        ("type: overlong, max_length: 10, buffer: 11", "above its `max_length`"),
        ("type: steps, count: longest", "nodes, calls, tools"),
        ("type: latency, free: 5, limit: 5", "not above its `free`"), ("type: repetition, ngram: 0", "from 1 to 1000"),
        ("type: repetition, max_penalty: 1", "to 0, but"),
        ("type: contains, label: a, value: b", "both `label` and `value`"),
        ("type: contains, of: completion, fields: {a: /b}", "`fields` beside `of`"),
        ("type: regex, pattern: a, fields: {a: /b}", "unknown key `fields`"),
        ("type: numeric, value: x", "no number"), ("type: contains, ignore_case: 1", "true or false"),
        ("type: tokens, limit: .inf", "a number from 0"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ message: String) {
        let errors = component(text).1
        #expect(errors.count == 1 && errors.first?.contains(message) == true, "\(errors)")
    }
}
