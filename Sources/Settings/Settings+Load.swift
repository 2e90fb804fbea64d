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

    /// Looks for what only somebody else can know to be wrong, as a property that librdkafka does not have.
    public typealias Check = @Sendable (Settings) -> [SettingProblem]

    /// Puts a configuration together: defaults, then the file, then the environment, then the command line.
    ///
    /// - Parameters:
    ///   - file: its name for messages, and its bytes.
    ///   - environment: all of it; variables with other names are passed over.
    ///   - overrides: in order.
    ///   - checks: what they find is told with the rest.
    /// - Returns: the settings, and every problem there is, each once; with an error among them the settings must not be
    ///   used.
    public static func load(
        file: (name: String, bytes: [UInt8])? = nil,
        environment: [String: String] = [:],
        overrides: [Override] = [],
        checks: [Check] = []
    ) -> (settings: Settings, problems: [SettingProblem]) {
        var loader = Loader()
        if let file { loader.read(file.name, file.bytes) }
        loader.read(environment)
        for override in overrides { loader.read(override) }
        loader.finishProperties()
        loader.findContradictions()
        for check in checks { loader.add(check(loader.settings)) }
        var seen: Set<SettingProblem> = []
        return (loader.settings, loader.problems.filter { seen.insert($0).inserted })
    }
}

extension Settings {
    /// What is wrong with an address that a server is to listen on; nil: nothing.
    ///
    /// - Parameter hasToken: it answers only those who have a token.
    public static func problem(withListen address: String, hasToken: Bool) -> String? {
        guard !address.isEmpty else { return nil }
        if let problem = Address.problem(with: address) { return "--listen \(problem)" }
        return hasToken || Address.isLoopback(address)
            ? nil
            : "--listen `\(address)`: other hosts could reach it, and there is no token; name 127.0.0.1 or localhost"
    }
}
