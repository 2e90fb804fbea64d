import Kafka

/// The versions of this program and of what it is built on.
enum Version {
    /// This program's own.
    static let number = "0.2.0"

    /// The version of the compiler, as far as it can be asked: it only tells whether it is at least a certain one.
    static var swift: String {
        #if compiler(>=7.0)
            "7.0 or later"
        #elseif compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3.4)
            "6.3.4 or later"
        #elseif compiler(>=6.3.3)
            "6.3.3"
        #elseif compiler(>=6.3.2)
            "6.3.2"
        #elseif compiler(>=6.3.1)
            "6.3.1"
        #else
            "6.3"
        #endif
    }

    /// All of them in one line.
    static var line: String { "dash-reinforce \(number) (librdkafka \(librdkafkaVersion), Swift \(swift))" }
}
