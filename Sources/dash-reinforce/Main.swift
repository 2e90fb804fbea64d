import Arguments
import Files
import Foundation
import Pipeline
import Problems

@main
enum Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do throws(ArgumentProblem) {
            let parsed = try Program.root.parse(arguments)
            if parsed.path.isEmpty, parsed.has("version"), !parsed.wantsHelp { exit(VersionCommand(parsed).run()) }
            if parsed.wantsHelp || parsed.path.isEmpty {
                Output.print(Program.root.help(parsed.path, width: Output.width))
                exit(parsed.wantsHelp || arguments.isEmpty ? 0 : 64)
            }
            exit(run(parsed))
        } catch {
            exit(refuse(error, error.path))
        }
    }

    /// Says what was typed wrong, and where to read what can be typed.
    private static func refuse(_ problem: ArgumentProblem, _ path: [String]) -> Int32 {
        let command = ([Program.root.name] + path).joined(separator: " ")
        Output.error("\(problem)\nTry `\(command) --help`.")
        return 64
    }

    private static func run(_ parsed: ParsedArguments) -> Int32 {
        do {
            switch parsed.path.first {
            case "replay": return try ReplayCommand(parsed).run()
            case "tail": return try TailCommand(parsed).run()
            case "record": return try RecordCommand(parsed).run()
            case "verify": return try VerifyCommand(parsed).run()
            case "compare": return try CompareCommand(parsed).run()
            case "inspect": return try InspectCommand(parsed).run()
            case "rewards": return try RewardsCommand(parsed).run()
            case "dlq": return try DeadLetterCommand(parsed).run()
            case "run": return try RunCommand(parsed).run()
            case "advantages": return try AdvantagesCommand(parsed).run()
            case "simulate": return try SimulateCommand(parsed).run()
            case "demo": return try DemoCommand(parsed).run()
            case "instant-loop": return try InstantLoopCommand(parsed).run()
            case "topics": return try TopicsCommand(parsed).run()
            case "check": return try CheckCommand(parsed).run()
            case "completions": return try CompletionsCommand(parsed).run()
            case "version": return VersionCommand(parsed).run()
            default: return 64
            }
        } catch let problem as PipelineProblem {
            Output.error(problem.description)
            return problem.kind.rawValue
        } catch let problem as ArgumentProblem {
            return refuse(problem, parsed.path)
        } catch let problem as InputError {
            Output.error(problem.description)
            return 66
        } catch let problem as OutputError {
            Output.error(problem.description)
            return 74
        } catch {
            Output.error("\(error)")
            return 70
        }
    }
}
