internal import Synchronization

/// One transaction on its way.
final class TransactionJob {
    let transaction: Transaction
    let group: TransactionalProducer.Membership?
    let isCommitted: TransactionalProducer.Settlement
    /// The group whose offsets are sent by no member; nil: they are a member's.
    let fencedGroup: String?
    /// Who we are, as of the last question.
    var member: GroupMetadata?
    /// The first record that is not handed over.
    var next = 0
    private var fates = Fates()
    private var chosen: [PartitionOffset]?

    init(
        _ transaction: Transaction,
        _ group: TransactionalProducer.Membership?,
        _ isCommitted: @escaping TransactionalProducer.Settlement
    ) {
        self.transaction = transaction
        self.group = group
        self.isCommitted = isCommitted
        fencedGroup = nil
    }

    /// One that is aborted, for an ``OffsetFence``.
    init(_ transaction: Transaction, fencing group: String) {
        self.transaction = transaction
        self.group = nil
        isCommitted = { () throws(KafkaError) in false }
        fencedGroup = group
    }

    /// Its offsets are those of a group.
    var hasGroup: Bool { group != nil || fencedGroup != nil }

    /// Nothing is handed over yet. Reports of an earlier attempt go nowhere.
    func restart() {
        next = 0
        fates = Fates()
        chosen = nil
    }

    /// Hears of a record's fate.
    func report(of index: Int) -> DeliveryReport {
        let fates = fates
        let wantsOffset = transaction.records[index].reportsOffset
        return DeliveryReport { result in
            switch result {
            case .success(let delivery):
                if wantsOffset { fates.offsets.withLock { $0[index] = delivery } }
            case .failure(let error): fates.failures.withLock { $0.append(Undelivered(error: error, record: index)) }
            }
        }
    }

    /// The offsets to commit: asked once, so that a second attempt has the same arguments.
    func offsets() -> [PartitionOffset] {
        if let chosen { return chosen }
        let deliveries = fates.offsets.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
        let offsets = transaction.offsets(deliveries)
        chosen = offsets
        return offsets
    }

    /// The record that is to blame. A broker refuses a whole request for its size: then it is the largest one.
    var undelivered: Undelivered? {
        let failures = fates.failures.withLock { $0 }
        // what was purged follows from another failure
        let causes = failures.filter { $0.error.code != .purgedFromQueue && $0.error.code != .purgedInFlight }
        guard let first = causes.first else { return nil }
        guard first.error.isTooLarge else { return first }
        return failures.filter { $0.error.isTooLarge }.max { size($0.record) < size($1.record) }
    }

    private func size(_ index: Int) -> Int {
        let record = transaction.records[index]
        return (record.key?.count ?? 0) + (record.value?.count ?? 0)
            + record.headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
    }

    /// What has become of the records; written by whichever thread serves the reports.
    private final class Fates: Sendable {
        let offsets = Mutex<[Int: Delivery]>([:])
        let failures = Mutex<[Undelivered]>([])
    }
}
