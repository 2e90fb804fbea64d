import Settings
import Testing

/// What is wrong is said once, in plain words, with the name that was meant.
@Suite struct MessageTests {
    @Test func nothingIsSuggestedWhereNothingIsSimilar() {
        #expect(errors(setting: "estimator.ddof", to: "2") == ["--set: `estimator.ddof` must be one of 0, 1, not `2`"])
        #expect(errors(setting: "estimator.scale", to: "zzz").first?.contains("did you mean") == false)
        #expect(errors(setting: "estimator.scale", to: "goup_std").first?.contains("did you mean `group_std`?") == true)
        #expect(errors(setting: "colour", to: "red") == ["--set: `colour` is not a known key"])
    }

    @Test(arguments: [
        ("gruops.settle", "groups.settle"), ("groups.settel", "groups.settle"), ("batches.deadline", "groups.deadline"),
        ("idle_timeout", "assembly.idle_timeout"), ("memory_budget", "limits.memory_budget"), ("aap_id", "app_id"),
        ("instance.id", "instance_id"),
    ])
    func theNearestKeyIsNamed(_ typed: String, _ meant: String) {
        #expect(errors(setting: typed, to: "1h").first?.contains("did you mean `\(meant)`?") == true)
    }

    @Test(arguments: [
        ("gruops", "groups"), ("asembly", "assembly"), ("instant_lop", "instant_loop"), ("topic", "topics"),
    ])
    func theNearestSectionIsNamed(_ typed: String, _ meant: String) {
        #expect(
            load("\(typed): {x: 1}").errors == [
                "f.yaml line 1: `\(typed)` is not a known key; did you mean `\(meant)`?"
            ]
        )
    }

    @Test func anUnknownVariableNamesTheOneThatWasMeant() {
        #expect(
            load("", ["DASH_REINFORCE_GRUOPS_SETTLE": "1h"]).errors == [
                "DASH_REINFORCE_GRUOPS_SETTLE: no key has this environment name; did you mean `DASH_REINFORCE_GROUPS_SETTLE`?"
            ]
        )
    }

    @Test func aComponentsKeysAndTypesAreSuggestedToo() {
        #expect(load("rewards: {components: [{name: a, typ: exact_match}]}").errors.first?.contains("`type`?") == true)
        #expect(
            load("rewards: {components: [{name: a, type: exact_mach}]}").errors.first?.contains("`exact_match`?")
                == true
        )
        #expect(load("rewards: {components: [{name: a, type: judge}]}").errors.first?.contains("did you mean") == false)
    }

    /// Every later property had its predecessors' problems told again.
    @Test func aPropertyThatIsOursIsRefusedOnce() {
        let yaml = "kafka:\n  group.id: mine\n  security.protocol: SSL\n  properties: [acks=all, nonsense]\n"
        #expect(
            load(yaml, ["KAFKA_SASL_MECHANISM": "PLAIN"]).errors == [
                "f.yaml line 4: `kafka.properties` holds `nonsense`, which is not written as name=value",
                "f.yaml line 2: `kafka.group.id` cannot be set: it is `app_id`",
            ]
        )
    }

    @Test func propertiesByNameAndAListAreBothKept() {
        let yaml = "kafka: {security.protocol: SSL, properties: [acks=all]}"
        #expect(load(yaml).settings.kafka.properties == ["acks=all", "security.protocol=SSL"])
        let named = load(yaml, ["DASH_REINFORCE_KAFKA_PROPERTIES": "acks=1"], [.init("kafka.linger.ms", "7")])
        #expect(named.settings.kafka.properties == ["acks=1", "security.protocol=SSL", "linger.ms=7"])
    }

    @Test func aContradictionSaysWhereItWasMade() {
        #expect(
            load("batches:\n  min_groups: 9\n").errors.first?.hasPrefix("f.yaml line 2: `batches.min_groups` is above")
                == true
        )
        #expect(
            load("", [:], [.init("batches.groups_per_batch", "1"), .init("batches.min_groups", "2")]).errors.first?
                .hasPrefix("--set: `batches.min_groups`") == true
        )
    }

    @Test func othersChecksAreToldWithTheRest() {
        let (_, problems) = Settings.load(
            file: ("f.yaml", Array("kafka: {colour: red}\nlog: {level: loud}\n".utf8)),
            checks: [{ settings in settings.kafka.properties.map { SettingProblem("kafka.colour", "is \($0)") } }]
        )
        #expect(
            problems.map(\.description) == [
                "f.yaml line 2: `log.level` must be one of trace, debug, info, notice, warning, error, not `loud`",
                "f.yaml line 1: `kafka.colour` is colour=red",
            ]
        )
    }

    @Test(arguments: [
        ("groups: {settle: 1h", 2, "`}`"), ("a: [1, 2", 2, "`]`"), ("app_id: 'x", 1, "quotes"),
        ("app_id: x: y", 1, "needs quotes"),
        ("groups:\n\tsettle: 1h", 2, "indent with spaces"), ("app_id: @x", 1, "in quotes"), ("a: *b", 1, "aliases"),
        ("a: 1\n---\nb: 2", 2, "a second document"), ("app_id: a\n  b: c", 2, "indented"),
        ("app_id: \"\\q\"", 1, "backslash"),
        ("- a", 1, "keys and values"), ("app_id: \u{1}", 1, "control character"),
    ])
    func yamlThatCannotBeReadIsSaidInPlainWords(_ yaml: String, _ line: Int, _ expected: String) {
        let errors = load(yaml).errors
        #expect(errors.count == 1 && errors.first?.hasPrefix("f.yaml line \(line): ") == true, "\(errors)")
        #expect(errors.first?.contains(expected) == true, "\(errors)")
        for riddle in ["no YAML", "scalar", "node content", "token", "block mapping", "octet"] {
            #expect(errors.first?.contains(riddle) == false, "\(errors)")
        }
    }

    @Test func whatIsNotUTF8IsSaidSo() {
        let (_, problems) = Settings.load(file: ("f.yaml", [0x61, 0x3A, 0x20, 0xFF, 0x0A]))
        #expect(problems.first?.description.contains("it is not UTF-8") == true, "\(problems)")
    }
}
