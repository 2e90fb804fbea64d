#if FAULT_INJECTION
    internal import Foundation
    internal import Synchronization
#endif

/// Faults on purpose, for the reliability suite. Without the compilation flag `FAULT_INJECTION` there are none.
///
/// With it, `DASH_FAILPOINT=name:n[:stop][,…]` kills (or stops) the process when it passes that point for the n-th time,
/// and `DASH_UNPROTECT=name[,…]` switches protections off, to see that their absence is noticed. `DASH_CRASH_KEY=key` kills
/// it whenever it takes a record of that key.
package enum Faults {
    #if FAULT_INJECTION
        private static let plan: [String: (passing: Int, signal: Int32)] = {
            let entries = ProcessInfo.processInfo.environment["DASH_FAILPOINT"]?.split(separator: ",") ?? []
            var plan: [String: (passing: Int, signal: Int32)] = [:]
            for entry in entries {
                let parts = entry.split(separator: ":")
                guard parts.count >= 2, let passing = Int(parts[1]) else { continue }
                plan[String(parts[0])] = (passing, parts.count > 2 && parts[2] == "stop" ? SIGSTOP : SIGKILL)
            }
            return plan
        }()
        private static let unprotected = Set(
            (ProcessInfo.processInfo.environment["DASH_UNPROTECT"] ?? "").split(separator: ",").map(String.init)
        )
        private static let crashKey = ProcessInfo.processInfo.environment["DASH_CRASH_KEY"].map { Array($0.utf8) }
        private static let passed = Mutex<[String: Int]>([:])

        /// The signal that is due at this passing of the point.
        private static func due(_ name: StaticString) -> Int32? {
            guard let entry = plan[name.description] else { return nil }
            let count = passed.withLock {
                $0[name.description, default: 0] += 1
                return $0[name.description]
            }
            return count == entry.passing ? entry.signal : nil
        }

        /// A place where the suite may kill or stop the process.
        package static func point(_ name: StaticString) {
            if let signal = due(name) { kill(getpid(), signal) }
        }

        /// The same, a moment after the call that follows has begun: its request has left, its answer is on the way.
        package static func soon(_ name: StaticString) {
            guard let signal = due(name) else { return }
            Thread {
                usleep(2000)
                kill(getpid(), signal)
            }.start()
        }

        /// A record is taken in hand.
        package static func take(_ key: RawSpan?) {
            guard let crashKey, let key, unsafe key.withUnsafeBytes({ unsafe $0.elementsEqual(crashKey) }) else {
                return
            }
            kill(getpid(), SIGKILL)
        }

        /// Whether the suite has switched a protection off.
        package static func isOff(_ protection: StaticString) -> Bool { unprotected.contains(protection.description) }
    #else
        /// A place where the suite may kill or stop the process.
        @inlinable @inline(__always) package static func point(_ name: StaticString) {}
        /// The same, a moment after the call that follows has begun.
        @inlinable @inline(__always) package static func soon(_ name: StaticString) {}
        /// A record is taken in hand.
        @inlinable @inline(__always) package static func take(_ key: RawSpan?) {}
        /// Whether the suite has switched a protection off.
        @inlinable @inline(__always) package static func isOff(_ protection: StaticString) -> Bool { false }
    #endif
}
