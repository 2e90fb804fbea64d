internal import Spelling

/// Reads one source after another into the same settings.
struct Loader {
    var settings = Settings()
    var problems: [SettingProblem] = []
    /// Where a key was given last.
    private(set) var origins: [String: String] = [:]
    /// librdkafka properties by name, with where they were given.
    var properties: [(name: String, value: String, origin: String)] = []
    private let keys: [String: SettingKey]

    init() { keys = Dictionary(SettingKey.all.map { ($0.path, $0) }) { first, _ in first } }

    // MARK: the file

    mutating func read(_ name: String, _ bytes: [UInt8]) {
        do throws(YAMLError) {
            let root = try YAMLReader.read(bytes)
            guard case .map(let entries) = root.kind else {
                problems.append(
                    SettingProblem(
                        "",
                        "\(name) line \(root.line)",
                        "the file must hold keys and values, as `app_id: mine`"
                    )
                )
                return
            }
            read(entries, "", name)
        } catch {
            problems.append(
                SettingProblem("", "\(name) line \(error.line)", "this cannot be read as YAML: \(error.message)")
            )
        }
    }

    private mutating func read(_ entries: [YAMLNode.Entry], _ prefix: String, _ file: String) {
        var lines: [String: Int] = [:]
        for entry in entries {
            let path = prefix + entry.key
            let origin = "\(file) line \(entry.line)"
            if let line = lines[entry.key] {
                problems.append(SettingProblem(path, origin, "is given a second time, after line \(line)"))
                continue
            }
            lines[entry.key] = entry.line
            guard keys[path] == nil, keys.keys.contains(where: { $0.hasPrefix(path + ".") }) else {
                set(path, entry.value, origin)
                continue
            }
            switch entry.value.kind {
            case .map(let inner): read(inner, path + ".", file)
            // a section without anything in it
            case .scalar where entry.value.text == "": break
            default:
                let problem = "is a section and must hold keys, not \(entry.value.description)"
                problems.append(SettingProblem(path, origin, problem))
            }
        }
    }

    // MARK: the command line

    mutating func read(_ override: Settings.Override) {
        if override.path.hasPrefix("kafka."), isSecretProperty(String(override.path.dropFirst(6))) {
            problems.append(
                SettingProblem(
                    override.path,
                    override.origin,
                    "is a secret: give it in the environment or in the file, never as an argument"
                )
            )
            return
        }
        readText(override.path, override.value, override.origin)
    }

    private mutating func readText(_ path: String, _ text: String, _ origin: String) {
        if text.isEmpty {
            return set(path, YAMLNode(kind: .scalar("", isQuoted: true), line: 1), origin)
        }
        do throws(YAMLError) {
            set(path, try YAMLReader.read(Array(text.utf8)), origin)
        } catch {
            // not YAML, but it may be a text as it is
            set(path, YAMLNode(kind: .scalar(text, isQuoted: true), line: 1), origin)
        }
    }

    // MARK: the environment

    mutating func read(_ environment: [String: String]) {
        for (name, path) in Self.wellKnown {
            guard let value = environment[name] else { continue }
            set(path, YAMLNode(kind: .scalar(value, isQuoted: true), line: 1), name)
        }
        for key in SettingKey.all {
            if let value = environment[key.environmentName] { readText(key.path, value, key.environmentName) }
        }
        let known = SettingKey.all.map(\.environmentName)
        let strangers = Set(environment.keys.filter { $0.hasPrefix("DASH_REINFORCE_") }).subtracting(known)
        for name in strangers.sorted() {
            let problem = "no key has this environment name" + suggestion(for: name, among: known)
            problems.append(SettingProblem("", name, problem))
        }
    }

    /// Names that DashStream's own programs read.
    private static var wellKnown: [(String, String)] {
        [
            ("KAFKA_BOOTSTRAP_SERVERS", "kafka.brokers"), ("KAFKA_BROKERS", "kafka.brokers"),
            ("DASHSTREAM_TOPIC", "topics.events"), ("KAFKA_TOPIC", "topics.events"),
            ("KAFKA_SECURITY_PROTOCOL", "kafka.security.protocol"), ("KAFKA_SASL_MECHANISM", "kafka.sasl.mechanism"),
            ("KAFKA_SASL_USERNAME", "kafka.sasl.username"), ("KAFKA_SASL_PASSWORD", "kafka.sasl.password"),
            ("KAFKA_SSL_CA_LOCATION", "kafka.ssl.ca.location"),
            ("KAFKA_SSL_CERTIFICATE_LOCATION", "kafka.ssl.certificate.location"),
            ("KAFKA_SSL_KEY_LOCATION", "kafka.ssl.key.location"), ("KAFKA_SSL_KEY_PASSWORD", "kafka.ssl.key.password"),
            (
                "KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM",
                "kafka.ssl.endpoint.identification.algorithm"
            ),
        ]
    }

    // MARK: a key

    private mutating func set(_ path: String, _ node: YAMLNode, _ origin: String) {
        if let key = keys[path] {
            if let problem = key.apply(node, to: &settings) {
                problems.append(SettingProblem(path, origin, problem))
            } else {
                origins[path] = origin
            }
        } else if path.hasPrefix("kafka."), let value = node.text {
            origins[path] = origin
            properties.append((String(path.dropFirst(6)), value, origin))
        } else {
            problems.append(SettingProblem(path, origin, "is not a known key" + hint(for: path)))
        }
    }

    /// The same name in another section, or else the most similar name.
    private func hint(for path: String) -> String {
        let name = path.split(separator: ".").last.map(String.init) ?? path
        let elsewhere = keys.keys.filter { $0.hasSuffix("." + name) }
        if elsewhere.count == 1, let only = elsewhere.first { return "; did you mean `\(only)`?" }
        return suggestion(for: path, among: keys.keys.sorted() + SettingKey.sections)
    }

    /// Adds problems that others have found, with where their keys were given.
    mutating func add(_ found: [SettingProblem], insteadOf others: [String] = []) {
        let origins = origins
        for var problem in found {
            let paths = [problem.path] + others + (problem.path.hasPrefix("kafka.") ? ["kafka.properties"] : [])
            if problem.origin.isEmpty { problem.origin = paths.lazy.compactMap { origins[$0] }.first ?? "" }
            problems.append(problem)
        }
    }
}
