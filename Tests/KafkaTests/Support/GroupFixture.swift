import Foundation
import Kafka
import KafkaTestSupport

/// A consumer that has joined a group, for tests of what is committed beside it.
final class GroupFixture: RebalanceHandler {
    private var consumer: Consumer
    private var isAssigned = false
    let member: GroupMember

    /// Joins the group `g` for topic `in` and waits for partitions.
    init(_ configuration: ClientConfiguration, _ change: (inout ClientConfiguration) -> Void = { _ in }) throws {
        var configuration = configuration
        configuration[.groupID] = "g"
        configuration[.autoCommit] = false
        configuration[.isolationLevel] = "read_committed"
        configuration[.assignmentStrategy] = "cooperative-sticky"
        configuration[.sessionTimeout] = 6000
        change(&configuration)
        consumer = try Consumer(configuration)
        member = consumer.member
        guard try consumer.groupMetadata() == nil else { throw Failure(description: "a member before joining") }
        try consumer.subscribe(["in"], self)
        let deadline = Date.patience
        while !isAssigned, Date() < deadline { try poll() }
        guard isAssigned else { throw Failure(description: "no partitions") }
    }

    /// Serves what is due.
    func poll() throws {
        var batch = RecordBatch()
        try consumer.poll(into: &batch, milliseconds: 50)
    }

    func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset] {
        isAssigned = true
        return partitions.map { PartitionOffset($0, .beginning) }
    }

    func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext) {}

    struct Failure: Error, CustomStringConvertible { let description: String }
}
