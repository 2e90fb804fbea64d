import Foundation
import Synchronization
import Telemetry

/// What the demo's processor says: kept for the screen, or passed on to stderr where there is none.
final class DemoJournal: Sendable {
    private struct Lines {
        var progress = ""
        var warnings: [String] = []
    }

    private let lines = Mutex(Lines())
    private let passesOn: Bool

    /// - Parameter passesOn: warnings and the processor's line go to stderr as they come.
    init(passesOn: Bool) { self.passesOn = passesOn }

    /// Where the processor writes.
    var log: Logger {
        Logger(level: .info, now: { Int64(Date().timeIntervalSince1970 * 1000) }) { [self] line in take(line) }
    }

    /// How the work goes, and the latest warnings.
    var latest: (progress: String, warnings: [String]) { lines.withLock { ($0.progress, $0.warnings) } }

    private func take(_ bytes: [UInt8]) {
        // time, level, message
        let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first ?? ""
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return }
        let message = String(parts[2])
        let isProgress = message.contains(" rec/s · ")
        guard parts[1] != "info" || isProgress else { return }
        lines.withLock { lines in
            if isProgress {
                lines.progress = message
            } else {
                lines.warnings = lines.warnings.suffix(2) + [message]
            }
        }
        if passesOn { Output.note(isProgress ? message + "\n" : "\(parts[1]): \(message)\n") }
    }
}
