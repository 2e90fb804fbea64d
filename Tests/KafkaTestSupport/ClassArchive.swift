import Foundation
import Synchronization

/// An archive of the classes that a Java program loads: a broker that starts with one takes little more than half of the
/// processor time. It is made once a process, where so many are started that it is worth the time, and ends with it.
final class ClassArchive: Sendable {
    static let shared = ClassArchive()

    /// Starts before there is one: it takes about as long as they take together.
    private static let firstStarts = 2

    private let path: String
    private let state = Mutex((starts: 0, isMade: false))

    private init() {
        path = FileManager.default.temporaryDirectory.appending(path: "dash-kafka-\(UUID().uuidString).jsa").path
        atexit { try? FileManager.default.removeItem(atPath: ClassArchive.shared.path) }
    }

    /// The environment to start a broker with.
    ///
    /// - Parameter make: starts a broker with an environment and ends it cleanly.
    func environment(_ make: ([String: String]) throws -> Void) -> [String: String] {
        let isThere = state.withLock { state in
            state.starts += 1
            if state.starts > Self.firstStarts, !state.isMade {
                state.isMade = true
                // without one everything starts as before
                try? make(Self.with("-XX:ArchiveClassesAtExit=\(path)"))
            }
            return state.isMade && FileManager.default.fileExists(atPath: path)
        }
        return isThere ? Self.with("-XX:SharedArchiveFile=\(path)") : ProcessInfo.processInfo.environment
    }

    private static func with(_ option: String) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["JDK_JAVA_OPTIONS"] = [environment["JDK_JAVA_OPTIONS"], option].compactMap(\.self)
            .joined(separator: " ")
        return environment
    }
}
