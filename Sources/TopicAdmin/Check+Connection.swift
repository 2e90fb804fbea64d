internal import Kafka
internal import Problems

extension Check {
    /// librdkafka before 2.6.1 repeats its nonce, which Kafka 4 refuses.
    static func cannotUseSCRAM(_ version: String) -> Bool {
        let parts = version.split(separator: "-").first?.split(separator: ".").map { Int($0) ?? 0 } ?? []
        return parts.lexicographicallyPrecedes([2, 6, 1])
    }

    private var usesSCRAM: Bool {
        let mechanism = configuration[property: "sasl.mechanism"] ?? configuration[property: "sasl.mechanisms"] ?? ""
        return mechanism.uppercased().hasPrefix("SCRAM")
    }

    private static let scramAdvice =
        "use librdkafka 2.6.1 or later (the container has one), or SASL PLAIN or a client certificate"

    func library() -> Finding {
        let version = librdkafkaVersion
        if usesSCRAM, Self.cannotUseSCRAM(version) {
            return .warning(
                "librdkafka",
                "\(version) cannot log in with SCRAM to Kafka 4, only to Kafka 3",
                Self.scramAdvice
            )
        }
        return .ok("librdkafka", version)
    }

    func connection(_ error: KafkaError, _ brokers: String) -> Finding {
        // _AUTHENTICATION
        if error.code == .authentication {
            let isOld = usesSCRAM && Self.cannotUseSCRAM(librdkafkaVersion)
            return .error(
                .notAllowed,
                "brokers",
                "\(brokers) refuses our credentials: \(error.message)",
                isOld
                    ? "if the brokers are Kafka 4: librdkafka \(librdkafkaVersion) cannot log in with SCRAM there; "
                        + Self.scramAdvice
                    : "look at kafka.sasl.mechanism, kafka.sasl.username and kafka.sasl.password"
            )
        }
        // _SSL
        if error.code == .tls {
            return .error(
                .unavailable,
                "brokers",
                "no TLS connection to \(brokers): \(error.message)",
                "look at kafka.security.protocol, kafka.ssl.ca.location and the name in the broker's certificate"
            )
        }
        if error.isNotAllowed {
            return .error(.notAllowed, "brokers", error.message, "grant Describe on the cluster")
        }
        if error.code == .invalidArgument {
            return .error(.usage, "configuration", error.message, "correct it under `kafka`")
        }
        return .error(
            .unavailable,
            "brokers",
            "no broker answers at \(brokers) (\(error.message))",
            "is Kafka running there? does kafka.security.protocol fit the listener?"
        )
    }
}
