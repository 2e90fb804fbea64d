extension Settings {
    /// A value given on the command line.
    public struct Override: Sendable, Hashable {
        /// The key.
        public let path: String
        /// Its value as YAML.
        public let value: String
        /// The flag, for messages.
        public let origin: String

        /// A value for a key.
        public init(_ path: String, _ value: String, origin: String = "--set") {
            self.path = path
            self.value = value
            self.origin = origin
        }
    }

    /// Puts a configuration together: defaults, then the file, then the environment, then the command line.
    ///
    /// - Parameters:
    ///   - file: its name for messages, and its bytes.
    ///   - environment: all of it; what is not ours is passed over.
    ///   - overrides: in order.
    /// - Returns: the settings, and every problem there is; with an error among them the settings must not be used.
    public static func load(
        file: (name: String, bytes: [UInt8])? = nil,
        environment: [String: String] = [:],
        overrides: [Override] = []
    ) -> (settings: Settings, problems: [SettingProblem]) {
        var loader = Loader()
        if let file { loader.read(file.name, file.bytes) }
        loader.read(environment)
        for override in overrides { loader.read(override) }
        loader.findContradictions()
        return (loader.settings, loader.problems)
    }
}

/// Reads one source after another over the same settings.
struct Loader {
    var settings = Settings()
    var problems: [SettingProblem] = []
    private let keys: [String: SettingKey]

    init() { keys = Dictionary(SettingKey.all.map { ($0.path, $0) }) { first, _ in first } }

    mutating func read(_ name: String, _ bytes: [UInt8]) {
        do throws(YAMLError) {
            let root = try YAMLReader.read(bytes)
            guard case .map(let entries) = root.kind else {
                problems.append(SettingProblem("", "\(name) line \(root.line)", "the file must be a map of keys"))
                return
            }
            read(entries, "", name)
        } catch {
            problems.append(SettingProblem("", "\(name) line \(error.line)", "the file is no YAML: \(error.message)"))
        }
    }

    private mutating func read(_ entries: [YAMLNode.Entry], _ prefix: String, _ file: String) {
        var seen: Set<String> = []
        for entry in entries {
            let path = prefix + entry.key
            let origin = "\(file) line \(entry.line)"
            guard seen.insert(entry.key).inserted else {
                problems.append(SettingProblem(path, origin, "stands there twice"))
                continue
            }
            if keys[path] != nil {
                set(path, entry.value, origin)
            } else if keys.keys.contains(where: { $0.hasPrefix(path + ".") }) {
                switch entry.value.kind {
                case .map(let inner): read(inner, path + ".", file)
                // a section without anything in it
                case .scalar where entry.value.text == "": break
                default: problems.append(SettingProblem(path, origin, "must be a map, not \(entry.value.description)"))
                }
            } else {
                set(path, entry.value, origin)
            }
        }
    }

    private mutating func set(_ path: String, _ node: YAMLNode, _ origin: String) {
        if let key = keys[path] {
            if let problem = key.apply(node, to: &settings) { problems.append(SettingProblem(path, origin, problem)) }
            if path == "kafka.properties" { checkProperties(origin) }
        } else if path.hasPrefix("kafka."), let value = node.text {
            settings.kafka.properties.append("\(path.dropFirst(6))=\(value)")
            checkProperties(origin)
        } else {
            let hint = nearestName(to: path, among: keys.keys).map { "; did you mean `\($0)`?" } ?? ""
            problems.append(SettingProblem(path, origin, "is no key\(hint)"))
        }
    }

    mutating func read(_ override: Settings.Override) {
        if override.path.hasPrefix("kafka."), isSecretProperty(String(override.path.dropFirst(6))) {
            problems.append(
                SettingProblem(
                    override.path,
                    override.origin,
                    "is a secret: give it by environment or file, never as an argument"
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
            // what is no YAML is a text all the same
            set(path, YAMLNode(kind: .scalar(text, isQuoted: true), line: 1), origin)
        }
    }

    mutating func read(_ environment: [String: String]) {
        for (name, path) in Self.wellKnown where environment[name] != nil {
            let value = environment[name] ?? ""
            if path.hasPrefix("kafka."), path != "kafka.brokers" {
                settings.kafka.properties.append("\(path.dropFirst(6))=\(value)")
                checkProperties(name)
            } else {
                set(path, YAMLNode(kind: .scalar(value, isQuoted: true), line: 1), name)
            }
        }
        for key in SettingKey.all {
            if let value = environment[key.environmentName] { readText(key.path, value, key.environmentName) }
        }
        let known = Set(SettingKey.all.map(\.environmentName))
        let strangers = environment.keys.filter { $0.hasPrefix("DASH_REINFORCE_") && !known.contains($0) }
        for name in strangers.sorted() {
            let hint = nearestName(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
            problems.append(SettingProblem("", name, "there is no such key\(hint)"))
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

    /// The last property added must be one that is not ours to own.
    private mutating func checkProperties(_ origin: String) {
        for property in settings.kafka.properties {
            guard let equals = property.firstIndex(of: "=") else {
                problems.append(
                    SettingProblem("kafka.properties", origin, "holds `\(property)`, which is not name=value")
                )
                continue
            }
            let name = String(property[..<equals])
            if let why = Self.owned[name] {
                problems.append(SettingProblem("kafka.\(name)", origin, "cannot be set: \(why)"))
            }
        }
    }

    private static var owned: [String: String] {
        [
            "group.id": "it is `app_id`", "group.instance.id": "it is `instance_id`",
            "bootstrap.servers": "it is `kafka.brokers`",
            "transactional.id": "it follows from `app_id` and `instance_id`",
            "enable.auto.commit": "offsets are committed with the output they belong to",
            "enable.auto.offset.store": "offsets are committed with the output they belong to",
            "auto.offset.reset": "lost offsets are an error; a first start begins at `start`",
            "isolation.level": "only committed records are read",
            "partition.assignment.strategy": "it must be the same in the whole group",
            "enable.partition.eof": "the end of a partition ends silent threads",
            "enable.idempotence": "the output must not be written twice",
        ]
    }
}

/// Whether a property's value must never be shown.
func isSecretProperty(_ name: String) -> Bool {
    name.hasSuffix("password") || name.hasSuffix("secret") || name.hasSuffix(".pem")
        || name == "sasl.oauthbearer.config"
}
