import EmbeddedKafka
import Foundation
import KafkaTestSupport
import Testing

@testable import Kafka

/// How a consumer leaves its group.
@Suite(.waits) struct LeavingTests {
    private func member(_ cluster: MockCluster, _ strategy: String) throws -> Consumer {
        try cluster.createTopic("in", partitions: 2)
        var configuration = cluster.configuration
        configuration[.groupID] = "g"
        configuration[.autoCommit] = false
        configuration[.assignmentStrategy] = strategy
        configuration[.sessionTimeout] = 6000
        let consumer = try Consumer(configuration)
        let handler = JoinHandler()
        try consumer.subscribe(["in"], handler)
        var batch = RecordBatch()
        let deadline = Date.patience
        while !handler.hasJoined, Date() < deadline { try consumer.poll(into: &batch, milliseconds: 50) }
        #expect(handler.hasJoined)
        return consumer
    }

    /// librdkafka tells nothing of the protocol once the group is left, and an assignment may still be served by then.
    @Test(arguments: [("cooperative-sticky", true), ("range", false)])
    func theProtocolIsKnownAfterTheGroupIsLeft(_ strategy: String, _ isCooperative: Bool) throws {
        let cluster = try MockCluster()
        let consumer = try member(cluster, strategy)
        let core = consumer.core
        #expect(core.isCooperative == isCooperative)
        try core.close(15_000)
        #expect(core.isCooperative == isCooperative)
    }

    /// Nobody's configuration is wrong where the group does not answer in time.
    @Test func leavingThatTakesTooLongIsATimeOut() throws {
        let cluster = try MockCluster()
        let consumer = try member(cluster, "range")
        let core = consumer.core
        let error = #expect(throws: KafkaError.self) { try core.close(-1) }
        #expect(error?.code == .timedOut)
        #expect(error?.operation == "leave the group")
        // a client that stopped half-way would never end
        #expect(eventually { core.isClosed })
    }
}
