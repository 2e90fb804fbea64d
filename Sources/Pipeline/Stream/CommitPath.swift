internal import Kafka
internal import Settings
internal import Telemetry

/// How what is ready gets out: in transactions, or written first and committed then.
enum CommitPath {
    case transactions(TransactionalProducer)
    case plain(PlainCommitter)

    /// What `delivery` asks for.
    init(_ settings: Settings, _ client: ClientConfiguration, _ log: Logger) throws(KafkaError) {
        if settings.isExactlyOnce {
            self = .transactions(
                try TransactionalProducer(
                    settings.producing(client),
                    transactionalID: settings.transactionalID,
                    onLog: log.forKafka
                )
            )
        } else {
            self = .plain(try PlainCommitter(settings.producing(client), onLog: log.forKafka))
        }
    }

    /// Ends what an earlier life has left open.
    func initialize() throws(KafkaError) {
        if case .transactions(let producer) = self { try producer.initialize() }
    }

    /// Gets a transaction out here and now; `member` nil: it commits no offsets.
    func run(
        _ transaction: Transaction,
        _ member: GroupMember?,
        isCommitted: @escaping TransactionalProducer.Settlement = { () throws(KafkaError) in nil }
    ) throws(KafkaError) -> TransactionOutcome {
        switch self {
        case .plain(let committer): return try committer.run(transaction, member)
        case .transactions(let producer):
            guard let member else { return try producer.run(transaction, group: nil, isCommitted: isCommitted) }
            return try producer.run(
                transaction,
                group: { () throws(KafkaError) in try member.metadata() },
                isCommitted: isCommitted
            )
        }
    }

    /// What has happened so far.
    var counts: TransactionCounts {
        switch self {
        case .transactions(let producer): producer.counts
        case .plain(let committer): committer.counts
        }
    }

    func close() {
        switch self {
        case .transactions(let producer): producer.close()
        case .plain(let committer): committer.close()
        }
    }
}
