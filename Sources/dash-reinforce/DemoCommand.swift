import Arguments
import Foundation
import Kafka
import Pipeline
import Problems
import Settings
import Simulation
import Synchronization

/// `demo`
struct DemoCommand {
    private let parsed: ParsedArguments

    init(_ parsed: ParsedArguments) { self.parsed = parsed }

    func run() throws -> Int32 {
        var options = DemoOptions()
        options.rounds = try parsed.integer("rounds", in: 1...1_000_000) ?? 30
        options.seed = UInt64(try parsed.integer("seed", in: 0 ... .max) ?? 1)
        options.brokers = parsed.last("brokers")
        options.listen = parsed.last("listen") ?? Settings().http.listen
        options.tokenFile = parsed.last("token-file") ?? ""
        if let problem = Settings.problem(withListen: options.listen, hasToken: !options.tokenFile.isEmpty) {
            throw PipelineProblem(.usage, problem)
        }
        options.versions = (Version.number, Version.swift)
        let opens = parsed.has("open")
        let isLive = !parsed.has("headless") && Output.isTerminal && !Output.isDumb
        if isLive { options.reportInterval = 1000 }
        let page = Mutex("")
        options.onPage = { address in
            page.withLock { $0 = address }
            if !isLive { Output.note("page: \(address)\n") }
            if opens { Browser.open(address) }
        }
        var screen = DemoScreen(
            colours: isLive && Output.hasColours(parsed),
            rounds: options.rounds,
            brokers: options.brokers
        )
        let journal = DemoJournal(passesOn: !isLive && !parsed.has("quiet"))
        options.log = journal.log
        let interrupt = Interrupt.ofTool(seconds: 5)
        if isLive { Output.print(screen.opening) } else if !parsed.has("quiet") { Output.note(screen.plainOpening) }
        var shown: [DemoRound] = []
        let rounds: [DemoRound]
        do {
            rounds = try Demo(options).run(isStopping: { interrupt.isRequested }) { round in
                shown.append(round)
                screen.page = page.withLock { $0 }
                Output.print(isLive ? screen.frame(shown, journal) : screen.line(round))
            }
        } catch let error as KafkaError {
            throw PipelineProblem(error, ClientConfiguration(brokers: options.brokers ?? "the embedded broker"))
        }
        Output.print(screen.summary(rounds))
        return 0
    }
}
