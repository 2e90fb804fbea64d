import Kafka
import Testing

@testable import Pipeline

@Suite struct RetryTests {
    private func error(_ code: KafkaErrorCode) -> KafkaError {
        KafkaError(code: code, name: "E", recovery: .abortTransaction, message: "no", operation: "commit")
    }

    @Test func threeAbortsInARowSendPartitionsOneByOne() {
        var state = RetryState()
        for _ in 0..<2 { state.fail(error(87)) }
        #expect(!state.mustGoSingly)
        state.fail(error(87))
        #expect(state.mustGoSingly)
        state.quarantine(TopicPartition("t", 1))
        state.haveGoneSingly()
        #expect(!state.mustGoSingly && state.isQuarantined(TopicPartition("t", 1)))
        state.forget(TopicPartition("t", 1))
        #expect(!state.hasQuarantine)
    }

    /// A group that is being rebalanced says nothing about any partition.
    @Test(arguments: [KafkaErrorCode.illegalGeneration, .unknownMember, .rebalanceInProgress, .fencedInstance])
    func rebalancesDoNotCount(_ code: KafkaErrorCode) {
        var state = RetryState()
        for _ in 0..<10 { state.fail(error(code)) }
        #expect(!state.mustGoSingly)
    }

    /// A broker that does not answer, or waits for its replicas, says nothing about any partition either.
    @Test(arguments: [KafkaErrorCode.transport, .timedOut, .messageTimedOut])
    func brokersThatDoNotAnswerDoNotCount(_ code: KafkaErrorCode) {
        var state = RetryState()
        for _ in 0..<10 { state.fail(error(code)) }
        #expect(!state.mustGoSingly)
    }

    @Test func aCommitForgetsTheAborts() {
        var state = RetryState()
        for _ in 0..<2 { state.fail(error(87)) }
        state.succeed()
        state.fail(error(87))
        #expect(!state.mustGoSingly)
    }
}
