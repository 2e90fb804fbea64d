internal import Kafka
internal import Settings
internal import Telemetry

/// How what is ready gets out: in transactions, or written first and committed then.
enum CommitPath {
    case transactions(TransactionalProducer)
    case plain(PlainCommitter)

    /// What `delivery` asks for.
    init(_ services: StreamServices) throws(KafkaError) {
        let settings = services.settings
        let producing = settings.producing(services.client)
        if settings.isExactlyOnce {
            self = .transactions(
                try TransactionalProducer(
                    producing,
                    transactionalID: settings.transactionalID(services.instance),
                    fence: services.topology.sources.first.map { OffsetFence(group: settings.appID, partition: $0) },
                    onLog: services.log.forKafka
                )
            )
        } else {
            self = .plain(try PlainCommitter(producing, onLog: services.log.forKafka))
        }
    }

    /// Ends what an earlier life has left open.
    func initialize() throws(KafkaError) {
        if case .transactions(let producer) = self { try producer.initialize() }
    }

    /// Gets a transaction out here and now; `member` nil: it commits no offsets.
    ///
    /// - Throws: ``KafkaError`` when going on is of no use, or when it has not ended after so long.
    func run(
        _ transaction: Transaction,
        _ member: GroupMember?,
        within milliseconds: Int64,
        isCommitted: @escaping @Sendable () throws(KafkaError) -> Bool? = { () throws(KafkaError) in nil }
    ) throws(KafkaError) -> TransactionOutcome {
        switch self {
        case .plain(let committer): return try committer.run(transaction, member)
        case .transactions(let producer):
            let ticket: TransactionTicket
            if let member {
                ticket = try producer.submit(
                    transaction,
                    group: { () throws(KafkaError) in try member.metadata() },
                    isCommitted: isCommitted
                )
            } else {
                ticket = try producer.submit(transaction, group: nil, isCommitted: isCommitted)
            }
            guard let result = ticket.wait(milliseconds: Int(milliseconds)) else {
                throw KafkaError(.timedOut, "run a transaction", "it has not ended after \(milliseconds) ms")
            }
            return try result.get()
        }
    }

    /// What has happened so far.
    var counts: TransactionCounts {
        switch self {
        case .transactions(let producer): producer.counts
        case .plain(let committer): committer.counts
        }
    }

    /// Takes no further step of a transaction under way: nobody acts on its outcome any more.
    func abandon() { if case .transactions(let producer) = self { producer.abandon() } }

    /// - Returns: whether it has ended; before that, nobody else may begin to write under the same name.
    @discardableResult
    func close(milliseconds: Int = 10_000) -> Bool {
        switch self {
        case .transactions(let producer): return producer.close(milliseconds: milliseconds)
        case .plain(let committer):
            committer.close()
            return true
        }
    }
}
