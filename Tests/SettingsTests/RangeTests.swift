import Settings
import Testing

/// Values out of range are refused, each with one message that says what is allowed.
@Suite struct RangeTests {
    @Test(arguments: ["-1", "nan", "inf", "-inf", "1e400", "-0.5773502691896258", "1e7", "small", "[1]"])
    func epsilonIsANumberThatIsNotNegative(_ value: String) {
        let errors = errors(setting: "estimator.epsilon", to: value)
        #expect(errors.count == 1)
        #expect(errors.first?.contains("`estimator.epsilon` must be ") == true, "\(errors)")
        #expect(errors.first?.contains("from 0 to 1000000") == true, "\(errors)")
    }

    @Test func epsilonIsThePresetsWhereItIsEmpty() {
        #expect(Settings().estimator.epsilon == nil)
        #expect(load("estimator: {epsilon: 0}").settings.estimator.epsilon == 0)
        #expect(load("estimator: {epsilon: 1e-4}").settings.estimator.epsilon == 1e-4)
        let both = load("estimator: {epsilon: 1e-4}", ["DASH_REINFORCE_ESTIMATOR_EPSILON": ""])
        #expect(both.errors == [] && both.settings.estimator.epsilon == nil)
    }

    @Test(arguments: [("2", false), ("-0.1", false), ("0", true), ("1", true)])
    func aQualityGoesFrom0To1(_ value: String, _ isRight: Bool) {
        #expect(errors(setting: "instant_loop.quality_threshold", to: value).isEmpty == isRight)
    }

    @Test(arguments: [
        "assembly.idle_timeout", "assembly.max_thread_age", "groups.deadline", "rewards.grace", "instant_loop.interval",
    ])
    func aDurationOf0IsRefusedWhereNothingWouldEverTrain(_ key: String) {
        for value in ["0", "0s", "0ms"] {
            let errors = errors(setting: key, to: value)
            #expect(errors.count == 1 && errors.first?.contains("`\(key)` must be above 0: ") == true, "\(errors)")
        }
    }

    @Test(arguments: [
        "examples.grace", "pairing.grace", "assembly.resume_grace", "assembly.error_grace", "assembly.reorder_grace",
        "assembly.max_clock_skew", "groups.settle", "batches.linger", "commit.interval", "rewards.before",
    ])
    func elsewhere0IsADuration(_ key: String) { #expect(errors(setting: key, to: "0") == []) }

    @Test(arguments: ["assembly.idle_timeout", "groups.settle", "examples.grace"])
    func aDurationHasAnEnd(_ key: String) {
        #expect(errors(setting: key, to: "3651d").first?.contains("at most 3650d") == true)
        #expect(errors(setting: key, to: "9223372036854775807ms").first?.contains("at most 3650d") == true)
        #expect(errors(setting: key, to: "9223372036854775807d").first?.contains("must be a duration") == true)
    }

    @Test(arguments: [
        ("my topic", "letters, digits"), ("a/b", "letters, digits"), (".", "letters, digits"),
        ("..", "letters, digits"),
        ("tópico", "letters, digits"), (String(repeating: "x", count: 250), "at most 249"),
    ])
    func aTopicHasANameThatKafkaTakes(_ name: String, _ expected: String) {
        for key in ["topics.output", "topics.events", "topics.examples", "topics.dlq", "topics.ledger"] {
            let errors = errors(setting: key, to: "'\(name)'")
            #expect(errors.count == 1 && errors.first?.contains(expected) == true, "\(key): \(errors)")
        }
    }

    @Test func theLongestTopicNameIsTaken() {
        #expect(errors(setting: "topics.output", to: String(repeating: "x", count: 249)) == [])
        #expect(errors(setting: "topics.output", to: "A-z_0.9") == [])
        #expect(errors(setting: "topics.output", to: "").first?.contains("must not be empty") == true)
    }

    /// Names of internal topics begin with it.
    @Test func theNamesOfApplicationAndProcessAreKafkas() {
        #expect(errors(setting: "app_id", to: String(repeating: "x", count: 237)) == [])
        #expect(
            errors(setting: "app_id", to: String(repeating: "x", count: 238)).first?.contains("at most 237") == true
        )
        for key in ["app_id", "instance_id"] {
            #expect(errors(setting: key, to: "a b").first?.contains("letters, digits") == true)
        }
        #expect(errors(setting: "app_id", to: "").first?.contains("must not be empty") == true)
        #expect(errors(setting: "instance_id", to: "") == [])
    }

    @Test(arguments: [
        ("http://kafka:9092", "without `http://`"), ("https://kafka", "web address"), ("kafka", "write kafka:9092"),
        ("kafka:", "write kafka:9092"), ("a:1,b", "write b:9092"), ("a:1, b:2", "has a space"),
        ("a:1 b:2", "has a space"),
        ("a:1,,b:2", "empty entry"), (",a:1", "empty entry"), ("a:1,", "empty entry"), ("", "must not be empty"),
        ("a:0", "from 1 to 65535"), ("a:65536", "from 1 to 65535"), ("a:x", "from 1 to 65535"),
        ("a:+1", "from 1 to 65535"),
        (":9092", "no name of a host"), ("::1:9092", "in brackets"), ("[::1]", "write [::1]:9092"), ("[::1", "no `]`"),
        ("a/b:9092", "no name of a host"),
    ])
    func brokersAreHostsWithPorts(_ value: String, _ expected: String) {
        let errors = errors(setting: "kafka.brokers", to: value.isEmpty ? "" : "'\(value)'")
        #expect(errors.count == 1 && errors.first?.contains(expected) == true, "\(errors)")
    }

    @Test(arguments: ["localhost:9092", "a:1,b:65535", "[::1]:9092", "SSL://kafka-1.example.org:9093", "10.0.0.1:9092"])
    func brokersAreTaken(_ value: String) { #expect(load("", ["KAFKA_BROKERS": value]).errors == []) }

    @Test(arguments: ["Tomorrow", "T", "2026-11-24T08:00:00", "2026-02-30T00:00:00Z", "26-03-02T00:00:00Z", "", "2026"])
    func startIsNeverTheBeginningByMistake(_ value: String) {
        let (settings, errors) = load("", [:], [Settings.Override("start", value)])
        #expect(errors.count == 1 && errors.first?.contains("2026-11-24T08:00:00Z") == true, "\(errors)")
        #expect(settings.start == .earliest)
    }

    @Test func startSaysWhatIsWrong() {
        #expect(
            errors(setting: "start", to: "2026-11-24T08:00:00").first?.contains(
                "`start` is `2026-11-24T08:00:00`, which has no zone: "
            ) == true
        )
        #expect(errors(setting: "start", to: "2026-02-30T00:00:00Z").first?.contains("does not exist") == true)
        #expect(errors(setting: "start", to: "earlist").first?.contains("did you mean `earliest`?") == true)
        #expect(load("start: latest").settings.start == .latest)
        guard case .time(let time) = load("start: 2026-11-24T09:00:00+01:00").settings.start else {
            Issue.record("not a time")
            return
        }
        #expect(time.milliseconds == 1_795_507_200_000)
    }

    @Test func aPointerIsChecked() {
        #expect(errors(setting: "pairing.manifest_pointer", to: "metadata").first?.contains("JSON pointer") == true)
    }

    @Test func aBatchOfSeveralGroupsHasNoGroupToBeKeyedBy() {
        #expect(
            errors(setting: "output.key", to: "group").first?.contains("needs `batches.groups_per_batch: 1`") == true
        )
        #expect(load("output: {key: group}\nbatches: {groups_per_batch: 1}").errors == [])
        #expect(errors(setting: "output.key", to: "tenant") == [])
        #expect(errors(setting: "output.key", to: "bacth").first?.contains("did you mean `batch`?") == true)
    }

    @Test(arguments: [
        ("groups.revisions", "true")
    ])
    func whatThisVersionCannotDoIsRefusedByName(_ key: String, _ value: String) {
        let errors = errors(setting: key, to: value)
        #expect(errors.count == 1)
        #expect(errors.first?.hasPrefix("--set: `\(key)` is not available in this version: ") == true, "\(errors)")
    }

    @Test(arguments: [
        ("http.listen", "9464", "no port"), ("http.listen", "a:99999", "from 1 to 65535"),
        ("http.hosts", "a:1/", "names of hosts"), ("otel.endpoint", "localhost:4318", "such as http://localhost:4318"),
        ("otel.endpoint", "http://", "such as http"), ("otel.endpoint", "http://a b", "such as http"),
        ("otel.headers", "[\"no colon\"]", "must hold headers"), ("otel.headers", "[\"a b: c\"]", "must hold headers"),
        ("rewards.max_in_flight", "0", "from 1 to"), ("rewards.keep", "maybe", "true or false"),
        ("output.calls", "txt", "must be one of all, tokens, text, none"),
        ("rewards.max_in_flight_bytes", "1", "from 1MiB"),
    ])
    func itsValueIsCheckedAllTheSame(_ key: String, _ value: String, _ expected: String) {
        #expect(errors(setting: key, to: value).first?.contains(expected) == true)
    }

    @Test(arguments: [
        ("rewards.grace", "5m"), ("rewards.before", "2h"), ("rewards.keep", "false"), ("rewards.max_in_flight", "8"),
        ("rewards.max_in_flight_bytes", "1MiB"), ("output.calls", "none"), ("output.calls", "tokens"),
        ("output.samples", "none"), ("http.listen", ""), ("http.listen", "localhost:80"), ("http.listen", "[::1]:80"),
        ("http.hosts", "a.example.org"), ("otel.endpoint", "http://localhost:4318"), ("otel.endpoint", ""),
        ("otel.headers", "[\"Authorization: Bearer ${TOKEN}\"]"), ("http.open_metrics", "true"),
        ("batches.max_empty", "1"),
    ])
    func keysThatAskForNothingNewAreTaken(_ key: String, _ value: String) {
        #expect(errors(setting: key, to: value) == [])
    }

    @Test(arguments: ["0.0.0.0:9464", "[::]:9464", "kafka-1:9464", "127.example.org:9464"])
    func anAddressThatOthersCanReachWantsAToken(_ address: String) {
        #expect(errors(setting: "http.listen", to: address).first?.contains("set `http.token_file`") == true)
        #expect(load("http: {listen: \"\(address)\", token_file: f}").errors == [])
    }
}
