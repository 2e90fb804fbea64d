internal import Foundation
internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    /// Reads as one member of the group.
    ///
    /// - Returns: why that ended before it was to stop; nil: it has stopped.
    /// - Throws: what ends the process.
    func session(_ isStopping: () -> Bool) throws -> SessionEnd? {
        var configuration = settings.consuming(client, instance)
        // unless somebody has chosen a client.id, it tells this life from every other
        if configuration[.clientID] == settings.appID { configuration[.clientID] = clientID }
        if watch != nil, configuration[property: "statistics.interval.ms"] == nil {
            configuration[property: "statistics.interval.ms"] = String(StreamWatch.interval)
        }
        let consumer = try Consumer(configuration, onLog: log.forKafka)
        let handler = StreamAssignment(self)
        do {
            try consumer.subscribe(topology.inputs, handler)
            var batch = RecordBatch(capacity: Self.batch)
            lastCommit = clock.milliseconds
            lastReport = StreamReport(at: lastCommit, counts: counts)
            while !isStopping() {
                try turn(consumer, &batch)
                if membership.isLost { throw SessionEnd.lost("no member of the group for too long") }
            }
            watch?.enter(.stopping)
            log.info("stopping")
        } catch {
            // what went wrong may have spoilt the state: leave without another commit
            handler.isGone = true
            // a transaction under way may ask the consumer who we are; where it ends by itself, that counts
            if inFlight?.ticket?.wait(milliseconds: 2000) == nil { path.abandon() }
            // every call that asks the consumer is over by then
            _ = inFlight?.ticket?.wait(milliseconds: Int(Self.settlementCall) + 1000)
            try? settleInFlight(consumer.member)
            try? consumer.close(milliseconds: 5000)
            guard let end = SessionEnd(error) else { throw error }
            return end
        }
        do throws(KafkaError) {
            try consumer.close()
        } catch {
            throw refusal
                ?? PipelineProblem(
                    .temporary,
                    "\(error.operation): \(error.message). What was not committed is read again"
                )
        }
        publishLast()
        if let refusal { throw refusal }
        return nil
    }

    /// This life of the process, as the brokers know its consumer.
    private var clientID: String {
        "\(InstanceSlot.host)-\(ProcessInfo.processInfo.processIdentifier)-\(String(writer, radix: 16))"
    }

    /// Makes ready for another life as a member of the group.
    ///
    /// - Returns: false where it was told to stop meanwhile.
    /// - Throws: ``PipelineProblem`` where there is nothing to hope for.
    func recover(from end: SessionEnd, _ isStopping: () -> Bool) throws -> Bool {
        tell(end)
        watch?.enter(.waiting(end))
        forgetEverything()
        status.rejoins += 1
        if case .fenced = end { measures.wasFenced() }
        var step = recovery.ended(end)
        while true {
            switch step {
            case .giveUp(let reason): throw problem(reason)
            case .look(let pause):
                guard wait(pause, isStopping) else { return false }
                step = recovery.looked(view(), at: SystemClock.uptime)
            case .join(let pause):
                guard wait(pause, isStopping), release(isStopping) else { return false }
                do {
                    path = try CommitPath(settings, client, instance, log)
                    try path.initialize()
                    log.info("joining the group anew, from what is committed", ["instance": .init(instance)])
                    return true
                } catch {
                    guard let end = SessionEnd(error) else { throw error }
                    log.warning("waiting for Kafka", ["problem": .init(end)])
                    step = recovery.ended(end)
                }
            }
        }
    }

    private func tell(_ end: SessionEnd) {
        let message =
            switch end {
            case .fenced:
                "the brokers take this process for another one with its instance_id, as they do when they have not answered "
                    + "for longer than its session; going on with new clients, from what is committed"
            case .unanswered: "no broker answers; waiting, and then going on from what is committed"
            case .lost, .failed: "going on with new clients, from what is committed"
            }
        log.warning(message, ["problem": .init(end)])
    }

    /// Ends the producer; a new one must not begin before, or the two would fence each other. One that is abandoned makes no
    /// further call: where librdkafka keeps it in one, it is left there, and the new one fences what comes of it.
    private func release(_ isStopping: () -> Bool) -> Bool {
        path.abandon()
        let until = SystemClock.uptime + 5000
        while SystemClock.uptime < until, !path.close(milliseconds: 500) { if isStopping() { return false } }
        earlier = earlier + path.counts
        return !isStopping()
    }

    /// - Returns: false where it was told to stop meanwhile.
    private func wait(_ milliseconds: Int64, _ isStopping: () -> Bool) -> Bool {
        let until = SystemClock.uptime + milliseconds
        while SystemClock.uptime < until {
            watch?.turned()
            if isStopping() {
                watch?.enter(.stopping)
                return false
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return !isStopping()
    }

    /// Who has our instance id in the group.
    private func view() -> SessionRecovery.View {
        do throws(KafkaError) {
            let members = try Admin(client, milliseconds: 5000).members(ofGroup: settings.appID)
            // a member that librdkafka has left behind in our own name is no other process
            let other = members.first { $0.instanceID == instance && $0.clientID != clientID }
            return other.map { .other($0) } ?? .nobody
        } catch {
            return error.isPassing ? .unanswered : .hidden
        }
    }

    private func problem(_ reason: SessionRecovery.Reason) -> PipelineProblem {
        let who = "instance_id \(instance) of app_id \(settings.appID)"
        let advice =
            "Stop one of the two, or give each process an instance_id of its own: where it is empty, every process on a host "
            + "takes a name of its own by itself"
        switch reason {
        case .rival(let member):
            return PipelineProblem(
                .temporary,
                "another process that is alive uses \(who): client \(member.clientID) on host \(member.host). \(advice)"
            )
        case .unseenRival(let error):
            return PipelineProblem(
                .temporary,
                "another process seems to use \(who); on which host, the brokers do not tell (\(error.message)). \(advice)"
            )
        case .failing(let error):
            return PipelineProblem(
                .temporary,
                "new clients fail as the ones before them did: \(error.description); nothing is lost, start again"
            )
        }
    }
}
