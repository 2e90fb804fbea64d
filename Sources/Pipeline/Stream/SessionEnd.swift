internal import Kafka

/// Why a life as a member of the group ended before it should have. What is in memory is dropped, and the process goes on
/// from what is committed, with new clients.
enum SessionEnd: Error, Hashable, CustomStringConvertible {
    /// The brokers do not answer, or are not ready.
    case unanswered(KafkaError)
    /// We are no member any more, or cannot find out what has become of our work.
    case lost(String)
    /// A client is of no use any more.
    case failed(KafkaError)
    /// Another client has our name, or the brokers take us for another one: after a pause of theirs that outlasts the
    /// session, librdkafka joins anew under its old member id and is fenced by itself.
    case fenced(KafkaError)

    /// What an error that came out of the work means; nil: it ends the process.
    init?(_ error: any Error) {
        if let end = error as? SessionEnd {
            self = end
            return
        }
        guard let error = error as? KafkaError, !error.isNotAllowed else { return nil }
        self =
            if error.isFence {
                .fenced(error)
            } else if error.isPassing {
                .unanswered(error)
            } else {
                .failed(error)
            }
    }

    /// One sentence.
    var description: String {
        switch self {
        case .unanswered(let error), .failed(let error), .fenced(let error): error.description
        case .lost(let reason): reason
        }
    }
}
