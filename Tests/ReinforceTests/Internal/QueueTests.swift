import TestSupport
import Testing

@testable import Reinforce

/// Queues by time against a plain dictionary, over random operations.
@Suite struct QueueTests {
    @Test(arguments: 1...20)
    func aTimerQueueHoldsOneTimeForEachSlot(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        var queue = TimerQueue()
        var plain: [Int: Int64] = [:]
        for _ in 0..<4000 {
            let slot = random.below(150)
            switch random.below(10) {
            case 0..<5:
                // few times, so that many are the same
                let time = Int64(random.below(300))
                queue.set(slot, at: time)
                plain[slot] = time
            case 5, 6:
                queue.remove(slot)
                plain[slot] = nil
            case 7:
                let now = Int64(random.below(60))
                var found: [Int] = []
                while let next = queue.next(at: now) { found.append(next) }
                let due = plain.filter { $0.value <= now }
                #expect(Set(found) == Set(due.keys) && found.count == due.count)
                #expect(found.map { due[$0] ?? -1 } == due.values.sorted())
                for slot in due.keys { plain[slot] = nil }
            default: #expect(queue[slot] == plain[slot])
            }
            #expect(queue.count == plain.count)
            #expect(queue.earliest == plain.values.min())
        }
        queue.removeAll()
        #expect(queue.earliest == nil && queue[3] == nil && queue.next(at: .max) == nil)
    }

    @Test(arguments: 1...20)
    func aWakeQueueGivesEverythingOutInTime(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        var queue = WakeQueue<Int>()
        var plain: [(time: Int64, key: Int)] = []
        for number in 0..<3000 {
            switch random.below(10) {
            case 0..<6:
                let time = Int64(random.below(500))
                queue.insert(number, at: time)
                plain.append((time, number))
            case 6:
                let rest = random.below(4)
                queue.keep { time, key in (Int(time) + key) % 4 != rest }
                plain.removeAll { (Int($0.time) + $0.key) % 4 == rest }
            default:
                let now = Int64(random.below(300))
                let found = queue.next(at: now)
                let least = plain.map(\.time).min()
                #expect(found?.time == least.flatMap { $0 <= now ? $0 : nil })
                guard let found else { continue }
                let index = plain.firstIndex { $0.key == found.key && $0.time == found.time }
                #expect(index != nil)
                if let index { plain.remove(at: index) }
            }
            #expect(queue.count == plain.count && queue.earliest == plain.map(\.time).min())
        }
    }

    @Test(arguments: 1...20)
    func aRunningListIsASortedArray(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        var list = RunningList<Int, Int>()
        var plain: [Int: Int] = [:]
        var next = 0
        for number in 0..<4000 {
            switch random.below(10) {
            case 0..<4:
                next += random.below(3)
                list.insert(next, number)
                plain[next] = number
            case 4:
                // out of order
                let key = random.below(next + 1)
                list.insert(key, number)
                plain[key] = number
            case 5..<9:
                guard let key = random.chance(30) ? plain.keys.min() : plain.keys.sorted().randomElement(using: &random)
                else { continue }
                list.remove(key)
                plain[key] = nil
            default:
                let key = random.below(next + 1)
                list[key] = number
                if plain[key] != nil { plain[key] = number }
            }
            #expect(list.count == plain.count)
            #expect(list.first?.key == plain.keys.min())
            if number % 50 == 0 {
                let sorted = plain.sorted { $0.key < $1.key }
                #expect(list.all.map(\.key) == sorted.map(\.key))
                #expect(list.all.map(\.value) == sorted.map(\.value))
                #expect(sorted.allSatisfy { list[$0.key] == $0.value })
            }
        }
    }

    @Test(arguments: 1...20)
    func changesLeadFromOneListToTheOther(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        func first(_ offset: Int) -> RestorePlan.First { .init(offset: Int64(offset), index: 0) }
        var now: [RestorePlan.First: OpenEntry] = [:]
        var before = now
        var (since, recent) = (OpenChanges(), OpenChanges())
        var next = 0
        for number in 0..<3000 {
            switch random.below(10) {
            case 0..<4:
                next += 1
                let entry = OpenEntry(first: first(next))
                recent.open(entry)
                now[entry.first] = entry
            case 4, 5, 6:
                guard let key = now.keys.sorted().randomElement(using: &random) else { continue }
                recent.close(key)
                now[key] = nil
            case 7:
                guard let key = now.keys.sorted().randomElement(using: &random) else { continue }
                var entry = OpenEntry(first: key)
                entry.end = first(number)
                recent.change(entry)
                now[key] = entry
            default:
                since.add(recent)
                recent = OpenChanges()
                var made = before.filter { !since.closed.contains($0.key) }
                for entry in since.opened.values {
                    #expect(made[entry.first] == nil)
                    made[entry.first] = entry
                }
                #expect(made == now)
                if random.chance(10) { (before, since) = (now, OpenChanges()) }
            }
        }
    }
}
