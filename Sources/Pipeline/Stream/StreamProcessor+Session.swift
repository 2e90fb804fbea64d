internal import Failpoints
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
        let consumer = try Consumer(consuming, onLog: services.log.forKafka)
        let handler = StreamAssignment(self)
        do {
            try consumer.subscribe(services.topology.inputs, handler)
            var batch = RecordBatch(capacity: Self.batch)
            commits.begin()
            reporter.begin()
            while !isStopping() {
                try turn(consumer, &batch)
                if commits.membership.isLost { throw SessionEnd.lost("no member of the group for too long") }
            }
            journal.watch?.enter(.stopping)
            services.log.info("stopping")
        } catch {
            // what went wrong may have spoilt the state: leave without another commit
            handler.isGone = true
            commits.abandonInFlight(consumer.member)
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
        reporter.publishLast()
        if let refusal { throw refusal }
        return nil
    }

    private var consuming: ClientConfiguration {
        var configuration = services.consuming
        // unless somebody has chosen a client.id, it tells this life from every other
        if configuration[.clientID] == services.settings.appID { configuration[.clientID] = clientID }
        if services.isWatched, configuration[property: "statistics.interval.ms"] == nil {
            configuration[property: "statistics.interval.ms"] = String(StreamWatch.interval)
        }
        return configuration
    }

    /// This life of the process, as the brokers know its consumer.
    private var clientID: String {
        "\(InstanceSlot.host)-\(ProcessInfo.processInfo.processIdentifier)-\(String(commits.writer, radix: 16))"
    }

    /// A partition is ours no longer.
    func letGo(_ place: TopicPartition, isLost: Bool) {
        commits.leave(place)
        memory.leave(place)
        departed.insert(place)
        rewards.leave(place)
        if isLost, Faults.isOff("keep-on-lost") { return }
        do throws(KafkaError) {
            try tasks.leave(place, isLost: isLost)
        } catch {
            sessionEnd = sessionEnd ?? .failed(error)
        }
    }

    /// Forgets all that is not committed; what is taken up next is read from the brokers.
    private func forgetEverything() {
        for place in tasks.active.keys { rewards.leave(place) }
        tasks.closeAll()
        commits.reset()
        memory = MemoryGovernor(services)
        sessionEnd = nil
    }

    /// Makes ready for another life as a member of the group.
    ///
    /// - Returns: false where it was told to stop meanwhile.
    /// - Throws: ``PipelineProblem`` where there is nothing to hope for.
    func recover(from end: SessionEnd, _ isStopping: () -> Bool) throws -> Bool {
        tell(end)
        journal.watch?.enter(.waiting(end))
        forgetEverything()
        journal.status.rejoins += 1
        if case .fenced = end { journal.measures.wasFenced() }
        var step = commits.recovery.ended(end)
        while true {
            switch step {
            case .giveUp(let reason): throw problem(reason)
            case .look(let pause):
                guard wait(pause, isStopping) else { return false }
                step = commits.recovery.looked(view(), at: SystemClock.uptime)
            case .join(let pause):
                guard wait(pause, isStopping), commits.release(isStopping) else { return false }
                do {
                    try commits.renew()
                    let instance = services.instance
                    services.log.info("joining the group anew, from what is committed", ["instance": .init(instance)])
                    return true
                } catch {
                    guard let end = SessionEnd(error) else { throw error }
                    services.log.warning("waiting for Kafka", ["problem": .init(end)])
                    step = commits.recovery.ended(end)
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
        services.log.warning(message, ["problem": .init(end)])
    }

    /// - Returns: false where it was told to stop meanwhile.
    private func wait(_ milliseconds: Int64, _ isStopping: () -> Bool) -> Bool {
        let until = SystemClock.uptime + milliseconds
        while SystemClock.uptime < until {
            journal.watch?.turned()
            if isStopping() {
                journal.watch?.enter(.stopping)
                return false
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return !isStopping()
    }

    /// Who has our instance id in the group.
    private func view() -> SessionRecovery.View {
        do throws(KafkaError) {
            let members = try Admin(services.client, milliseconds: 5000).members(ofGroup: services.settings.appID)
            // a member that librdkafka has left behind in our own name is no other process
            let other = members.first { $0.instanceID == services.instance && $0.clientID != clientID }
            return other.map { .other($0) } ?? .nobody
        } catch {
            return error.isPassing ? .unanswered : .hidden
        }
    }

    private func problem(_ reason: SessionRecovery.Reason) -> PipelineProblem {
        let who = "instance_id \(services.instance) of app_id \(services.settings.appID)"
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
