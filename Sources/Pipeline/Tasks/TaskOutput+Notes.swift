internal import DashStream
internal import JSON
internal import Kafka
internal import Reinforce

/// Counts what happens, and keeps an example of what a person should hear of.
extension TaskOutput {
    /// The fate of a thread.
    mutating func note(_ entry: LedgerEntry, topics: [String]) {
        counts.count(entry)
        notices.note(entry, topics: topics)
    }

    /// A record that goes to the dead letters.
    mutating func note(_ poison: Poison, _ record: borrowing Record) {
        counts.countDeadLetter(poison.reason.rawValue)
        // a closure cannot hold a borrowed record
        let isNew = notices.count(.deadLetter(poison.reason)) == 0
        let sample = isNew ? NoticeSample(record).with("problem", poison.message) : nil
        notices.note(.deadLetter(poison.reason)) { sample }
    }

    /// A record whose timestamp cannot be believed.
    mutating func noteClamped(_ record: borrowing Record) {
        counts.clamped += 1
        let sample = notices.count(.clampedTime) == 0 ? NoticeSample(record) : nil
        notices.note(.clampedTime) { sample }
    }

    /// Messages that came behind the end of their thread.
    mutating func note(lateIn thread: FinishedThread, topics: [String]) {
        guard thread.late > 0 else { return }
        counts.late += thread.late
        notices.note(lateIn: thread, topics: topics)
    }

    /// Messages that a thread could not take.
    mutating func note(_ oddities: Oddities, topic: String) {
        counts.duplicates += oddities.duplicates
        counts.late += oddities.count(.late)
        notices.note(oddities, topic: topic)
    }

    /// A record of the rollouts topic that is no pairing.
    mutating func noteBrokenPairing(_ key: [UInt8]?, _ problem: String) {
        notices.note(.brokenPairing) {
            NoticeSample().with("key", key.map { String(decoding: $0.prefix(480), as: UTF8.self) })
                .with("problem", problem)
        }
    }

    /// A record of the rewards topic that says nothing.
    mutating func noteBrokenReward(_ key: [UInt8]?, _ problem: String) {
        notices.note(.brokenReward) {
            NoticeSample().with("key", key.map { String(decoding: $0.prefix(480), as: UTF8.self) })
                .with("problem", problem)
        }
    }

    /// A reward that came after its rollout was scored.
    mutating func note(late record: RewardRecord) {
        counts.lateRewards += 1
        notices.note(.lateReward) {
            NoticeSample().with("thread", record.key.thread.string).with("tenant", record.key.tenant.string)
                .with("component", record.component.string)
        }
    }

    /// A group that no batch can hold; a reference to it goes to the dead letters.
    mutating func noteTooLarge(_ key: GroupKey) {
        counts.countDeadLetter(NoticeReason.groupTooLarge.name)
        notices.note(.groupTooLarge) {
            NoticeSample().with("group", key.group.string).with("tenant", key.tenant.string)
        }
    }
}

extension NoticeSample {
    /// A record.
    init(_ record: borrowing Record) {
        self = NoticeSample(recordKey: record.key, record.topic, record.partition, record.offset)
    }
}

extension StreamGauge {
    /// What began at `began` is still open at `now`, both in the time of the events.
    mutating func noteOldest(_ began: Int64?, at now: Int64?) {
        guard let began, let now else { return }
        let age = max(0, now &- began)
        oldest = max(oldest ?? 0, age)
    }
}
