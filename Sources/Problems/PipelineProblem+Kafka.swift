public import Kafka

extension PipelineProblem {
    /// What a Kafka error means for a command, and what to do about it.
    public init(_ error: KafkaError, _ configuration: ClientConfiguration) {
        let brokers = configuration[.brokers] ?? "the brokers"
        if error.isUnknownTopic {
            self.init(
                .unavailable,
                "\(error.operation): there is no such topic on \(brokers); `dash-reinforce topics create` makes the topics of a "
                    + "configuration, or name another one"
            )
        } else if error.isNotAllowed {
            self.init(
                .notAllowed,
                "\(error); check the credentials and ACLs: `dash-reinforce check` says what is missing"
            )
        } else if error.isUnanswered {
            self.init(
                .unavailable,
                "\(error.operation): no broker answers at \(brokers) (\(error.message)); is Kafka running?"
            )
        } else if error.code == .invalidArgument {
            self.init(.usage, error.description)
        } else {
            self.init(.temporary, error.description)
        }
    }
}
