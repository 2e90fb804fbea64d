import Files
import JSON
import Reinforce

/// Puts decided groups into batches, in the order they come, and writes them.
struct GroupEmitter {
    private let options: ReplayOptions
    private let topics: [Text]
    private let output: (any BatchOutput)?
    private var composer: BatchComposer
    /// Groups that are being rendered while those before them are written.
    private var rendering: (groups: Slots<RenderedGroup>, work: StartedWork)?

    init(_ options: ReplayOptions, topics: [Text], output: (any BatchOutput)?) {
        self.options = options
        self.topics = topics
        self.output = output
        composer = BatchComposer(options.batches)
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
            let size = group.sampleBytes
            // nobody renders what cannot be written anyway
            if output?.isBounded == true, composer.isTooLarge(group) {
                // what came before it leaves before it
                try emit(rendering: window, &book, &summary)
                try writeRendered(&book, &summary)
                (window, bytes) = ([], 0)
                summary.groupsTooLarge += 1
                book.close(group, .tooLarge)
                continue
            }
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

    /// Lets other threads begin to render a window, and writes the one before it meanwhile.
    private mutating func emit(rendering groups: [DecidedGroup], _ book: inout FateBook, _ summary: inout ReplaySummary)
        throws
    {
        guard !groups.isEmpty else { return }
        let next = render(groups)
        try writeRendered(&book, &summary)
        rendering = next
    }

    private mutating func writeRendered(_ book: inout FateBook, _ summary: inout ReplaySummary) throws {
        guard let (groups, work) = rendering.take() else { return }
        work.finish()
        for rendered in groups.values {
            // a file has no bound: what no topic could take is written alone, and counted
            if composer.isTooLarge(rendered) {
                summary.groupsTooLarge += 1
                if output?.isBounded == true {
                    book.close(rendered.group, .tooLarge)
                    continue
                }
            }
            let (ready, withheld) = composer.add(rendered)
            for group in withheld { withhold(group, &book, &summary) }
            for batch in ready { try write(batch, &book, &summary) }
        }
    }

    private func withhold(_ group: RenderedGroup, _ book: inout FateBook, _ summary: inout ReplaySummary) {
        summary.withheldGroups += 1
        book.close(group.group, .withheld)
    }

    /// Of what an earlier run has written, only what changes by rewards that have come since.
    private func revised(_ groups: ArraySlice<DecidedGroup>, _ book: inout FateBook) -> ArraySlice<DecidedGroup> {
        guard let revisions = options.revisions else { return groups }
        var changed: [DecidedGroup] = []
        for group in groups {
            if let group = revisions.revise(group) { changed.append(group) } else { book.close(group, nil) }
        }
        return changed[...]
    }

    /// Writes what waits, where it is enough for a batch.
    mutating func finish(_ book: inout FateBook, _ summary: inout ReplaySummary) throws {
        try writeRendered(&book, &summary)
        for tenant in composer.tenants {
            if let batch = composer.flush(tenant) {
                try write(batch, &book, &summary)
            } else {
                for group in composer.waiting(tenant) { withhold(group, &book, &summary) }
            }
        }
    }

    private func render(_ groups: [DecidedGroup]) -> (groups: Slots<RenderedGroup>, work: StartedWork) {
        let slots = Slots<RenderedGroup>(groups.count)
        let (options, topics) = (options, topics)
        let work = StartedWork((groups.count + 31) / 32, threads: options.threads) { block in
            let renderer = GroupRenderer(options.estimator, options.batches, topics: topics)
            for index in block * 32..<min(groups.count, block * 32 + 32) {
                slots.set(index, renderer.render(groups[index]))
            }
        }
        return (slots, work)
    }

    private func write(_ batch: Batch, _ book: inout FateBook, _ summary: inout ReplaySummary) throws {
        let finished = batch.finished(
            options.estimator,
            minUsable: options.groups.minUsable,
            options.batches,
            topics: topics
        )
        try output?.write(finished, sequence: summary.batches, options)
        summary.batches += 1
        for group in finished.groups { book.close(group.group, nil) }
    }
}
