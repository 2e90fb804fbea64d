import Foundation
import Pipeline

/// Writes warnings to stderr while a command works: the first of each reason at once, then once a minute.
final class NoticePrinter {
    private var notices = Notices()
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    /// Called before something is written, so that no bar stands in its way.
    var beforeWriting: () -> Void = {}

    init(quiet: Bool) { isQuiet = quiet }

    func add(_ tally: NoticeTally) {
        notices.add(tally)
        write(notices.due(at: milliseconds))
    }

    /// What has not been told yet.
    func end() { write(notices.rest(at: milliseconds)) }

    private var milliseconds: Int64 {
        let elapsed = ContinuousClock.now - start
        return elapsed.components.seconds * 1000 + elapsed.components.attoseconds / 1_000_000_000_000_000
    }

    private func write(_ due: [Notices.Notice]) {
        guard !isQuiet, !due.isEmpty else { return }
        beforeWriting()
        for notice in due { Output.note(notice.text) }
    }
}
