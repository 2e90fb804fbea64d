import JSON
import TestSupport
import Testing

@testable import Reinforce

/// The way of decided groups into batches: whoever comes in comes out, once.
@Suite struct GroupTaskTests {
    private func task(
        _ estimator: Estimator = .dashflow,
        isBounded: Bool = true,
        _ change: (inout BatchConfiguration) -> Void = { _ in }
    ) -> GroupTask {
        var batches = BatchConfiguration()
        change(&batches)
        return GroupTask(BatchRules(estimator, minUsable: 2, batches, topics: ["t"], isBounded: isBounded))
    }

    @Test("Every group ends once, in a batch or for a reason, whatever sizes, tenants and rules", arguments: 0..<40)
    func everyGroupEndsOnce(_ seed: Int) throws {
        var numbers = SeededNumbers(seed: seed)
        let estimator = numbers.pick([.dashflow, Estimator.preset("trl-batch") ?? .dashflow])
        var task = task(estimator, isBounded: seed % 3 > 0) {
            $0.groupsPerBatch = 1 + numbers.below(4)
            $0.minGroups = 1 + numbers.below($0.groupsPerBatch)
            $0.minRollouts = numbers.below(12)
            $0.maxBytes = 3000 + numbers.below(30_000)
        }
        let renderer = task.rules.renderer
        var ended: [EndedGroup] = []
        var batches: [Batch] = []
        func take(_ output: GroupOutput) {
            ended += output.ended
            batches += output.batches
        }
        for number in 0..<60 {
            let rewards = (0..<1 + numbers.below(30)).map { _ in Double(numbers.below(5)) / 4 }
            let tenant = numbers.pick(["a", "b"])
            let group = try MadeGroup.decided(Text("g\(number)"), tenant: Text(tenant), rewards: rewards)
            if let outcome = task.outcome(of: group) {
                ended.append(outcome)
                continue
            }
            let rendered = renderer.render(group)
            if let outcome = task.outcome(of: rendered) { ended.append(outcome) } else { take(task.add(rendered)) }
            if numbers.chance(5) { take(task.flush()) }
        }
        #expect(task.isEmpty == (task.waitingBytes == 0))
        take(task.finish())
        #expect(task.isEmpty)
        #expect(task.waitingBytes == 0)
        #expect(Set(ended.map(\.group.key)).count == 60)
        #expect(ended.count == 60)
        let written = Set(batches.flatMap { $0.groups.map(\.group.key) })
        #expect(written == Set(ended.filter { $0.batch != nil }.map(\.group.key)))
        #expect(ended.allSatisfy { ($0.batch != nil) == ($0.reason == nil && $0.group.status == .ok) })
        for group in ended {
            var entries: [LedgerEntry] = []
            group.forEachEntry { entries.append($0) }
            #expect(entries.count == group.group.members.count)
            if group.reason != nil { #expect(entries.allSatisfy { $0.fate == .excluded && $0.reason == group.reason }) }
        }
    }

    @Test("Where the estimator looks at the whole batch, the ledger says what the batch says")
    func theLedgerHasTheAdvantagesOfTheBatch() throws {
        let estimator = try #require(Estimator.preset("trl-batch"))
        var task = task(estimator) { $0.groupsPerBatch = 2 }
        let groups = try [[0, 1], [0, 0.25, 0.5]].enumerated().map { index, rewards in
            try MadeGroup.decided(Text("g\(index)"), rewards: rewards, by: estimator)
        }
        let renderer = task.rules.renderer
        #expect(task.add(renderer.render(groups[0])).ended.isEmpty)
        let output = task.add(renderer.render(groups[1]))
        let batch = try #require(output.batches.first)
        #expect(output.ended.map(\.batch) == [batch.id, batch.id])
        var said: [Double?] = []
        for ended in output.ended { ended.forEachEntry { said.append($0.advantage) } }
        #expect(said == batch.groups.flatMap { $0.group.members.map(\.advantage) })
        // what a group knows before its batch is something else: this test can fail
        #expect(said != groups.flatMap { $0.members.map(\.advantage) })
    }

    @Test("A group that no record holds is too large for a topic, and not for a file", arguments: [true, false])
    func tooLarge(_ isBounded: Bool) throws {
        var task = task(isBounded: isBounded) {
            $0.maxBytes = 2000
            $0.groupsPerBatch = 1
        }
        let rendered = task.rules.renderer.render(try MadeGroup.decided())
        #expect(task.isTooLarge(rendered))
        let outcome = task.outcome(of: rendered)
        #expect(outcome?.reason == (isBounded ? .tooLarge : nil))
        #expect(outcome.map(\.bytes) == (isBounded ? rendered.body.count : nil))
        if !isBounded { #expect(task.add(rendered).batches.count == 1) }
    }
}
