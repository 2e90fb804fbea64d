import Kafka
import Settings
import Testing

@testable import Pipeline

/// What the consumer of `run` asks of the library at work.
@Suite struct FetchAheadTests {
    @Test func theLibraryTellsWhatItKnows() {
        let client = ClientConfiguration()
        #expect(client.knows("queued.min.messages"))
        #expect(!client.knows("no.such.property"))
    }

    /// A fetcher that has filled its queue sleeps a second: the queue must last longer, or the sleep be shorter.
    @Test func theFetcherDoesNotSleepBehindAnEmptyQueue() {
        let client = Settings().consuming(ClientConfiguration(), "one")
        let backoff = client[property: "fetch.queue.backoff.ms"]
        let queued = client[property: "queued.min.messages"]
        #expect(client.knows("fetch.queue.backoff.ms") ? backoff == "20" && queued == nil : queued == "500000")
    }

    /// Where that second is fixed, a process that may hold little keeps to the library's own queue.
    @Test func aSmallBudgetKeepsTheQueueSmall() {
        var settings = Settings()
        settings.limits.memoryBudget = 64 << 20
        let queued = settings.consuming(ClientConfiguration(), "one")[property: "queued.min.messages"]
        #expect(queued == nil || queued == "100000")
    }

    @Test func whatTheUserSaysHolds() {
        var own = ClientConfiguration()
        own[property: "queued.min.messages"] = "500"
        #expect(Settings().consuming(own, "one")[property: "queued.min.messages"] == "500")
    }
}
