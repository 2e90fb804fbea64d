import Foundation
import Kafka
import KafkaTestSupport

/// A consumer that has joined a group, for tests of what is committed beside it.
final class GroupFixture {
    private var consumer: Consumer?
    private let handler = JoinHandler()
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
        let consumer = try Consumer(configuration)
        member = consumer.member
        guard try consumer.groupMetadata() == nil else { throw Failure(description: "a member before joining") }
        self.consumer = consume consumer
        try self.consumer?.subscribe(["in"], handler)
        let deadline = Date.patience
        while !handler.hasJoined, Date() < deadline { try poll() }
        guard handler.hasJoined else { throw Failure(description: "no partitions") }
    }

    /// Serves what is due.
    func poll() throws {
        var batch = RecordBatch()
        try consumer?.poll(into: &batch, milliseconds: 50)
    }

    /// Leaves the group; a member that is only dropped stays in it until its session is over.
    func leave() throws { try consumer.take()?.close() }

    struct Failure: Error, CustomStringConvertible { let description: String }
}
