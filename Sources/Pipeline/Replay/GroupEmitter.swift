import Files
import JSON
import Reinforce

/// Puts decided groups into batches, in the order they come, and writes them: a ``GroupTask`` whose groups are rendered by
/// other threads, window by window.
struct GroupEmitter {
    private let options: ReplayOptions
    private let output: (any BatchOutput)?
    private var task: GroupTask
    /// Groups that are being rendered while those before them are written.
    private var rendering: (groups: Slots<RenderedGroup>, work: StartedWork)?

    init(_ options: ReplayOptions, topics: [Text], output: (any BatchOutput)?) {
        self.options = options
        self.output = output
        task = GroupTask(options.batchRules(isBounded: output?.isBounded == true, topics: topics))
    }

    /// Takes some groups; what is ready by them is written.
    mutating func emit(_ groups: ArraySlice<DecidedGroup>, _ book: inout FateBook, _ summary: inout ReplaySummary)
        throws
    {
        // what an earlier run has written is noted in the order it comes in
        if options.revisions != nil { try writeRendered(&book, &summary) }
        var window: [DecidedGroup] = []
        var bytes = 0
        for group in revised(groups, &book) {
            // nobody renders what cannot be written anyway
            if let ended = task.outcome(of: group) {
                // what came before it leaves before it
                try emit(rendering: window, &book, &summary)
                try writeRendered(&book, &summary)
                (window, bytes) = ([], 0)
                end(ended, &book, &summary)
                continue
            }
            let size = group.sampleBytes
            // rendered, groups can take far more than what they are rendered from, and two windows are there at a time
            if bytes + size > options.memoryBudget / 16 {
                try emit(rendering: window, &book, &summary)
                (window, bytes) = ([], 0)
            }
            window.append(group)
            bytes += size
        }
        try emit(rendering: window, &book, &summary)
    }

    /// Writes what waits, where it is enough for a batch.
    mutating func finish(_ book: inout FateBook, _ summary: inout ReplaySummary) throws {
        try writeRendered(&book, &summary)
        try write(task.finish(), &book, &summary)
    }

    /// Of what an earlier run has written, only what changes by rewards that have come since.
    private func revised(_ groups: ArraySlice<DecidedGroup>, _ book: inout FateBook) -> ArraySlice<DecidedGroup> {
        guard let revisions = options.revisions else { return groups }
        var changed: [DecidedGroup] = []
        for group in groups {
            if let group = revisions.revise(group) { changed.append(group) } else { book.close(EndedGroup(group)) }
        }
        return changed[...]
    }

    /// Lets other threads begin to render a window, and writes the one before it meanwhile.
    private mutating func emit(rendering groups: [DecidedGroup], _ book: inout FateBook, _ summary: inout ReplaySummary)
        throws
    {
        guard !groups.isEmpty else { return }
        let next = render(groups)
        try writeRendered(&book, &summary)
        rendering = next
    }

    private func render(_ groups: [DecidedGroup]) -> (groups: Slots<RenderedGroup>, work: StartedWork) {
        let slots = Slots<RenderedGroup>(groups.count)
        let rules = task.rules
        let work = StartedWork((groups.count + 31) / 32, threads: options.threads) { block in
            let renderer = rules.renderer
            for index in block * 32..<min(groups.count, block * 32 + 32) {
                slots.set(index, renderer.render(groups[index]))
            }
        }
        return (slots, work)
    }

    private mutating func writeRendered(_ book: inout FateBook, _ summary: inout ReplaySummary) throws {
        guard let (groups, work) = rendering.take() else { return }
        work.finish()
        for rendered in groups.values {
            if let ended = task.outcome(of: rendered) {
                end(ended, &book, &summary)
                continue
            }
            // a file has no bound: what no topic could take is written alone, and counted
            if task.isTooLarge(rendered) { summary.groupsTooLarge += 1 }
            try write(task.add(rendered), &book, &summary)
        }
    }

    private func write(_ output: GroupOutput, _ book: inout FateBook, _ summary: inout ReplaySummary) throws {
        for batch in output.batches {
            try self.output?.write(batch, sequence: summary.batches, options)
            summary.batches += 1
        }
        for ended in output.ended { end(ended, &book, &summary) }
    }

    private func end(_ ended: EndedGroup, _ book: inout FateBook, _ summary: inout ReplaySummary) {
        switch ended.reason {
        case .tooLarge: summary.groupsTooLarge += 1
        case .withheld: summary.withheldGroups += 1
        default: break
        }
        book.close(ended)
    }
}
