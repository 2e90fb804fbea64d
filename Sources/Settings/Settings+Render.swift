extension Settings {
    /// The configuration as YAML, with comments; reading it gives the same settings again.
    ///
    /// - Parameter hidingSecrets: writes `***` in their place.
    public func render(hidingSecrets: Bool = true) -> String {
        var text = ""
        var section = ""
        var shown = self
        if hidingSecrets { shown.kafka.properties = kafka.properties.map(Self.redacted) }
        for key in SettingKey.all {
            let parts = key.path.split(separator: ".", maxSplits: 1).map(String.init)
            if parts.count == 2, parts[0] != section {
                section = parts[0]
                text += section + ":\n"
            }
            let indent = parts.count == 2 ? "  " : ""
            text += "\(indent)\(parts[parts.count - 1]): \(key.render(shown))  # \(key.help)\n"
        }
        return text
    }

    private static func redacted(_ property: String) -> String {
        guard let equals = property.firstIndex(of: "=") else { return property }
        let name = String(property[..<equals])
        return isSecretProperty(name) ? name + "=***" : property
    }

    /// Values that no line of the log may show.
    public var secrets: [String] {
        kafka.properties.compactMap { property in
            guard let equals = property.firstIndex(of: "="), isSecretProperty(String(property[..<equals])) else {
                return nil
            }
            return String(property[property.index(after: equals)...])
        }
    }

    /// The documentation of every key, as Markdown.
    public static var documentation: String {
        var text = """
            # Configuration

            A YAML file is read first, then the environment, then `--set KEY=VALUE` and flags: what comes later wins.
            `run --check-config` tells everything that is wrong, at once; `run --print-config` prints what is in force.

            * **Durations** are written `200ms`, `30s`, `10m`, `24h`; **sizes** `900KiB`, `64MiB`.
            * **Times** have a date, a time of day and a zone: `2026-11-24T08:00:00Z`, `2026-11-24T09:00:00+01:00`.
            * **Topics**: no two keys may name the same topic.
            * **librdkafka properties** may stand under `kafka` by their own names, as `security.protocol: SSL`. Those that the
              processor sets itself are refused, and so are names and values that librdkafka does not know.
            * **Secrets** come from the environment or the file, never from an argument.

            In addition to the names below, `KAFKA_BROKERS` or `KAFKA_BOOTSTRAP_SERVERS`, `KAFKA_TOPIC` or `DASHSTREAM_TOPIC`,
            `KAFKA_SECURITY_PROTOCOL`, `KAFKA_SASL_MECHANISM`, `KAFKA_SASL_USERNAME`, `KAFKA_SASL_PASSWORD`,
            `KAFKA_SSL_CA_LOCATION`, `KAFKA_SSL_CERTIFICATE_LOCATION`, `KAFKA_SSL_KEY_LOCATION`, `KAFKA_SSL_KEY_PASSWORD` and
            `KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM` are read. A variable that is set to nothing sets the empty value.

            | key | default | what it is | environment |
            |---|---|---|---|

            """
        let defaults = Settings()
        for key in SettingKey.all {
            var help = key.help
            if case .choice(_, let choices) = key.kind {
                help += " (" + choices.filter { !$0.isEmpty }.map { "`\($0)`" }.joined(separator: ", ") + ")"
            }
            text += "| `\(key.path)` | `\(key.render(defaults))` | \(help) | `\(key.environmentName)` |\n"
        }
        return text
    }
}
