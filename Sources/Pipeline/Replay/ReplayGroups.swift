import JSON
import Reinforce

/// The second stage of a replay: groups decided by their times alone, batches in the order of event time.
struct ReplayGroups {
    private let options: ReplayOptions
    private let excluded: [LedgerEntry]
    private let groups: [DecidedGroup]

    init(_ options: ReplayOptions, _ threads: [FinishedThread]) {
        self.options = options
        var claims: [GroupKey: [Rollout]] = [:]
        var excluded: [LedgerEntry] = []
        for thread in threads {
            switch thread {
            case .rollout(let rollout): claims[rollout.groupKey, default: []].append(rollout)
            case .excluded(let thread): excluded.append(LedgerEntry(thread))
            }
        }
        self.excluded = excluded
        let policies = PolicyHistory(claims.values.joined())
        let decider = GroupDecider(
            options.groups,
            estimator: options.estimator,
            rewards: options.stage.rewards,
            examples: options.examples,
            policies: policies
        )
        let keys = claims.keys.sorted()
        let slots = Slots<DecidedGroup>(keys.count)
        let all = claims
        inParallel((keys.count + 63) / 64, threads: options.threads) { block in
            for index in block * 64..<min(keys.count, block * 64 + 64) {
                if let group = decider.decide(keys[index], all[keys[index]] ?? []) { slots.set(index, group) }
            }
        }
        groups = slots.values.sorted { ($0.decidedAt, $0.key) < ($1.decidedAt, $1.key) }
    }

    /// Writes the batches; returns every thread's line, or none where nobody wants them.
    func write(to output: OutputFile?, _ summary: inout ReplaySummary, keepsEntries: Bool) throws -> [LedgerEntry] {
        var book = FateBook(excluded, keepsEntries: keepsEntries)
        var composer = BatchComposer(options.batches)
        for group in groups {
            summary.groups[group.status, default: 0] += 1
            if group.isPhantom { summary.phantomGroups += 1 }
            if group.status != .ok { book.close(group, nil) }
        }
        let emitted = groups.filter { $0.status == .ok }
        var window = 0
        while window < emitted.count {
            let end = min(emitted.count, window + 512)
            for rendered in render(emitted[window..<end]) {
                // a file has no bound: what no topic could take is written alone, and counted
                if composer.isTooLarge(rendered) { summary.groupsTooLarge += 1 }
                for batch in composer.add(rendered) { try write(batch, to: output, &book, &summary) }
            }
            window = end
        }
        for tenant in composer.tenants {
            if let batch = composer.flush(tenant) {
                try write(batch, to: output, &book, &summary)
            } else {
                for group in composer.waiting(tenant) {
                    summary.withheldGroups += 1
                    book.close(group.group, .withheld)
                }
            }
        }
        summary.fates = book.fates
        summary.excluded = book.reasons
        return book.entries
    }

    private func render(_ groups: ArraySlice<DecidedGroup>) -> [RenderedGroup] {
        let slots = Slots<RenderedGroup>(groups.count)
        let first = groups.startIndex
        inParallel((groups.count + 31) / 32, threads: options.threads) { block in
            let renderer = GroupRenderer(
                options.estimator,
                samples: options.batches.samples,
                topic: Text(options.topic),
                format: options.batches.format
            )
            for index in block * 32..<min(groups.count, block * 32 + 32) {
                slots.set(index, renderer.render(groups[first + index]))
            }
        }
        return slots.values
    }

    private func write(_ batch: Batch, to output: OutputFile?, _ book: inout FateBook, _ summary: inout ReplaySummary)
        throws
    {
        let finished = batch.finished(
            options.estimator,
            minUsable: options.groups.minUsable,
            options.batches,
            Text(options.topic)
        )
        try output?.write(
            finished.framed(sequence: summary.batches, estimator: options.estimator, options.batches)
        )
        summary.batches += 1
        for group in finished.groups { book.close(group.group, nil) }
    }
}
