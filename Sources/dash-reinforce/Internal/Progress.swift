import DashStream
import Foundation

/// Shows how far a long command is: a bar on a terminal, a line now and then elsewhere.
final class Progress {
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var hasLine = false

    private let interval: Duration

    /// - Parameter interval: milliseconds from line to line.
    init(quiet: Bool, interval: Int64 = 10_000) {
        isQuiet = quiet
        self.interval = .milliseconds(interval)
    }

    /// - Parameter share: of the work that is done; nil: nobody knows.
    func show(records: Int, bytes: Int64, share: Double?) {
        guard !isQuiet else { return }
        let now = ContinuousClock.now
        guard now - last > (Output.errorIsTerminal ? .milliseconds(200) : interval) else { return }
        last = now
        let elapsed = now - start
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate =
            "\(Int(saturating: Double(records) / seconds)) records/s, \(Int(saturating: Double(bytes) / seconds / 1e6)) MB/s"
        var text = "\(records) records, \(rate)"
        if let share {
            let share = share.isFinite ? max(0, min(1, share)) : 0
            let left = share > 0 ? Int(saturating: seconds / share - seconds) : 0
            text += ", \(Int(saturating: share * 100)) %, \(left) s left"
            if Output.errorIsTerminal {
                let filled = Int(saturating: share * 24)
                text =
                    "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled) + "] "
                    + text
            }
        }
        hasLine = Output.errorIsTerminal
        Output.note(Output.errorIsTerminal ? "\r\u{1B}[K" + text : text + "\n")
    }

    /// Takes the bar away.
    func end() {
        if hasLine { Output.note("\r\u{1B}[K") }
        hasLine = false
    }
}
