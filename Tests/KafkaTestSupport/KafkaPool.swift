import Foundation
import Kafka
import Synchronization

/// Brokers that one test hands to the next; they end with the process.
final class KafkaPool: Sendable {
    static let shared = KafkaPool()

    struct Broker: Sendable {
        let folder: String
        let values: [String: String]
    }

    private let idle = Mutex<[Broker]>([])
    /// Every one that was ever handed back.
    private let folders = Mutex<Set<String>>([])

    private init() { atexit { KafkaPool.shared.end() } }

    /// One on which nothing is left; nil: there is none.
    func lend() -> Broker? {
        var left: [Broker] = []
        defer { idle.withLock { $0 += left } }
        while let broker = idle.withLock({ $0.popLast() }) {
            if (try? isEmptied(broker)) == true { return broker }
            left.append(broker)
        }
        return nil
    }

    func takeBack(_ broker: Broker) {
        folders.withLock { _ = $0.insert(broker.folder) }
        idle.withLock { $0.insert(broker, at: 0) }
    }

    /// Members with an instance id stay in their group for a while after they have ended: such a broker is not free yet.
    private func isEmptied(_ broker: Broker) throws -> Bool {
        let admin = try Admin(ClientConfiguration(brokers: broker.values["KAFKA_BROKERS"] ?? ""))
        for group in ["dash-reinforce", "g", "copy"] { try admin.deleteGroup(group) }
        for _ in 0..<100 {
            let topics = try admin.topics().filter { !$0.name.hasPrefix("__") }
            if topics.isEmpty { return true }
            for topic in topics { try? admin.deleteTopic(topic.name) }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return false
    }

    /// Kills the brokers themselves: at the end of a process nothing else should be started.
    private func end() {
        for folder in folders.withLock({ $0 }) {
            let pid = try? String(contentsOfFile: folder + "/node-1.pid", encoding: .utf8)
            if let pid = pid.flatMap({ pid_t($0) }), pid > 0 { kill(pid, SIGKILL) }
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
