import Arguments
import Testing

@Suite struct CommandTests {
    private let root = Command(
        "tool",
        summary: "A tool.",
        commands: [
            Command(
                "run",
                summary: "Runs it.",
                examples: ["tool run --input x"],
                options: [
                    Option("input", short: "i", value: "FILE", help: "what to read"),
                    Option("mode", choices: ["fast", "slow"], help: "how"),
                    Option("set", value: "K=V", repeated: true, help: "a setting"),
                    Option("quiet", short: "q", help: "says nothing"),
                ],
                positionals: ["NAME"]
            )
        ]
    )

    private func problem(_ arguments: [String]) -> String? {
        do throws(ArgumentProblem) {
            _ = try root.parse(arguments)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func aPositionalInBracketsMayBeLeftOut() throws {
        let command = Command("tool", summary: "A tool.", positionals: ["NAME", "[MORE]"])
        #expect(try command.parse(["a"]).positionals == ["a"])
        #expect(try command.parse(["a", "b"]).positionals == ["a", "b"])
        #expect(throws: ArgumentProblem("`tool` needs NAME")) { try command.parse([]) }
        #expect(throws: ArgumentProblem.self) { try command.parse(["a", "b", "c"]) }
    }

    @Test func optionsFlagsAndPositionalsAreTakenApart() throws {
        let parsed = try root.parse(["run", "-i", "a", "--mode=fast", "--set", "x=1", "--set=y=2", "name", "-q"])
        #expect(parsed.path == ["run"])
        #expect(parsed.last("input") == "a")
        #expect(parsed.last("mode") == "fast")
        #expect(parsed.all("set") == ["x=1", "y=2"])
        #expect(parsed.has("quiet"))
        #expect(parsed.positionals == ["name"])
    }

    @Test func behindTwoDashesNothingIsAnOption() throws {
        #expect(try root.parse(["run", "--", "--input"]).positionals == ["--input"])
        #expect(try root.parse(["run", "-"]).positionals == ["-"])
    }

    @Test(arguments: [
        (["rnu"], "did you mean `run`"), (["run", "--inptu", "x", "n"], "did you mean `--input`"),
        (["run", "--mode", "fsat", "n"], "did you mean `fast`"), (["run", "--input"], "needs a value"),
        (["run", "--input", "--quiet", "n"], "needs a value"), (["run", "--quiet=1", "n"], "takes no value"),
        (["run", "--input", "a", "--input", "b", "n"], "given twice"), (["run"], "needs NAME"),
        (["run", "a", "b"], "one argument too many"),
    ])
    func whatIsWrongIsSaid(_ arguments: [String], _ expected: String) {
        #expect(problem(arguments)?.contains(expected) == true, "\(problem(arguments) ?? "nothing")")
    }

    /// The help of the command that was understood says what can be typed.
    @Test(arguments: [
        (["run", "--inptu", "x"], ["run"]), (["rnu"], []), (["run"], ["run"]), (["--input", "x", "run"], []),
    ])
    func aProblemKnowsItsCommand(_ arguments: [String], _ path: [String]) {
        let problem = #expect(throws: ArgumentProblem.self) { try root.parse(arguments) }
        #expect(problem?.path == path)
    }

    @Test func theProgramHasFlagsOfItsOwn() throws {
        let tool = Command(
            "tool",
            summary: "A tool.",
            options: [Option("version", short: "V", help: "its version")],
            commands: [
                Command("run", summary: "Runs it.", options: [Option("input", value: "FILE", help: "what to read")])
            ]
        )
        #expect(try tool.parse(["--version"]).has("version"))
        #expect(try tool.parse(["-V"]).has("version"))
        #expect(try !tool.parse(["run", "--input", "--version"]).has("version"))
        #expect(tool.help().contains("-V, --version"))
        let problem = #expect(throws: ArgumentProblem.self) { try tool.parse(["--input", "x", "run"]) }
        #expect(
            problem?.description
                == "`--input` stands before a command: options come behind it, as in `tool COMMAND --input`"
        )
    }

    @Test func numbersAreChecked() throws {
        let parsed = try root.parse(["run", "--input", "12x", "n"])
        #expect(throws: ArgumentProblem.self) { try parsed.integer("input") }
        #expect(try root.parse(["run", "--input", "12", "n"]).integer("input", in: 1...20) == 12)
        #expect(throws: ArgumentProblem.self) {
            try root.parse(["run", "--input", "12", "n"]).integer("input", in: 1...5)
        }
    }

    @Test func helpNamesEverything() throws {
        #expect(try root.parse(["run", "--help"]).wantsHelp)
        let help = root.help(["run"])
        for word in ["--input FILE", "--mode fast|slow", "-q, --quiet", "tool run --input x", "Usage: tool run NAME"] {
            #expect(help.contains(word), "\(word)")
        }
        #expect(root.help().contains("run"))
    }

    @Test(arguments: Shell.allCases)
    func completionsKnowCommandsOptionsAndChoices(_ shell: Shell) {
        let script = root.completions(for: shell)
        for word in ["run", "input", "mode", "fast"] { #expect(script.contains(word), "\(word)") }
    }
}
