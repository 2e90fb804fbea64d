extension Loader {
    /// Puts librdkafka's properties together, those of `kafka.properties` first, and refuses those that are not to be set.
    mutating func finishProperties() {
        let list = origins["kafka.properties"] ?? ""
        var all: [(name: String, value: String, origin: String)] = []
        for property in settings.kafka.properties {
            guard let equals = property.firstIndex(of: "=") else {
                problems.append(
                    SettingProblem("kafka.properties", list, "holds `\(property)`, which is not written as name=value")
                )
                continue
            }
            all.append((String(property[..<equals]), String(property[property.index(after: equals)...]), list))
        }
        all += properties
        settings.kafka.properties = []
        for (name, value, origin) in all {
            if let why = Self.owned[name] {
                problems.append(SettingProblem("kafka.\(name)", origin, "cannot be set: \(why)"))
            } else {
                settings.kafka.properties.append("\(name)=\(value)")
            }
        }
    }

    /// Properties that the processor sets itself, and why.
    private static var owned: [String: String] {
        [
            "group.id": "it is `app_id`", "group.instance.id": "it is `instance_id`",
            "bootstrap.servers": "it is `kafka.brokers`", "metadata.broker.list": "it is `kafka.brokers`",
            "transactional.id": "it follows from `app_id` and `instance_id`",
            "enable.auto.commit": "offsets are committed together with the output that belongs to them",
            "enable.auto.offset.store": "offsets are committed together with the output that belongs to them",
            "auto.offset.reset": "lost offsets are an error; a new group begins at `start`",
            "isolation.level": "only committed records are read",
            "partition.assignment.strategy": "it must be the same in the whole group",
            "enable.partition.eof": "the end of a partition is how silent threads are noticed",
            "enable.idempotence": "the output must not be written twice",
        ]
    }
}

/// Whether a property's value must never be shown.
func isSecretProperty(_ name: String) -> Bool {
    name.hasSuffix("password") || name.hasSuffix("secret") || name.hasSuffix(".pem")
        || name == "sasl.oauthbearer.config"
}
