internal import Spelling

extension Command {
    /// Takes arguments apart: commands first, options anywhere behind them; `--` ends the options.
    ///
    /// - Throws: ``ArgumentProblem`` with a suggestion where something is misspelt, and the commands before it.
    public func parse(_ arguments: [String]) throws(ArgumentProblem) -> ParsedArguments {
        var parsed = ParsedArguments()
        do throws(ArgumentProblem) {
            try parse(arguments, &parsed)
        } catch {
            var problem = error
            problem.path = parsed.path
            throw problem
        }
        return parsed
    }

    private func parse(_ arguments: [String], _ parsed: inout ParsedArguments) throws(ArgumentProblem) {
        var command = self
        var rest = arguments[...]
        while !command.commands.isEmpty, let next = rest.first {
            if next == "-h" || next == "--help" || next == "help" {
                parsed.wantsHelp = true
                rest = rest.dropFirst()
                continue
            }
            if let option = command.options.first(where: { $0.isMeant(by: next) }), option.value == nil {
                parsed.values[option.name, default: []].append("")
                rest = rest.dropFirst()
                continue
            }
            guard !next.hasPrefix("-") else {
                let example = ([name] + parsed.path + ["COMMAND", next]).joined(separator: " ")
                throw ArgumentProblem("`\(next)` stands before a command: options come behind it, as in `\(example)`")
            }
            guard let inner = command.commands.first(where: { $0.name == next }) else {
                let hint = suggestion(for: next, among: command.commands.map(\.name))
                throw ArgumentProblem("there is no command `\(next)`\(hint)")
            }
            parsed.path.append(inner.name)
            command = inner
            rest = rest.dropFirst()
        }
        try command.parseOptions(&rest, &parsed)
        guard !parsed.wantsHelp else { return }
        if parsed.positionals.count < command.positionals.count(where: { !$0.hasPrefix("[") }) {
            throw ArgumentProblem("`\(command.name)` needs \(command.positionals[parsed.positionals.count])")
        }
        if parsed.positionals.count > command.positionals.count {
            throw ArgumentProblem("`\(parsed.positionals[command.positionals.count])` is one argument too many")
        }
    }

    private func parseOptions(_ rest: inout ArraySlice<String>, _ parsed: inout ParsedArguments) throws(ArgumentProblem)
    {
        while let next = rest.popFirst() {
            if next == "--" {
                parsed.positionals += rest
                return
            }
            if next == "-h" || next == "--help" {
                parsed.wantsHelp = true
                continue
            }
            guard next.hasPrefix("-"), next != "-" else {
                parsed.positionals.append(next)
                continue
            }
            let body = next.hasPrefix("--") ? next.dropFirst(2) : next.dropFirst()
            let name = String(body.prefix { $0 != "=" })
            let attached = body.contains("=") ? String(body.drop { $0 != "=" }.dropFirst()) : nil
            let found = options.first { next.hasPrefix("--") ? $0.name == name : $0.short.map(String.init) == name }
            guard let option = found else {
                let hint = suggestion(for: "--" + name, among: options.map { "--" + $0.name })
                throw ArgumentProblem("`\(self.name)` has no option `\(next.prefix { $0 != "=" })`\(hint)")
            }
            try take(option, attached, &rest, &parsed)
        }
    }

    private func take(
        _ option: Option,
        _ attached: String?,
        _ rest: inout ArraySlice<String>,
        _ parsed: inout ParsedArguments
    )
        throws(ArgumentProblem)
    {
        guard let valueName = option.value else {
            if let attached { throw ArgumentProblem("--\(option.name) takes no value, but `\(attached)` was given") }
            parsed.values[option.name, default: []].append("")
            return
        }
        guard let value = attached ?? rest.popFirst() else {
            throw ArgumentProblem("--\(option.name) needs a value (\(valueName))")
        }
        if attached == nil, value.hasPrefix("--"), options.contains(where: { "--" + $0.name == value }) {
            throw ArgumentProblem("--\(option.name) needs a value (\(valueName)), but `\(value)` follows")
        }
        if !option.choices.isEmpty, !option.choices.contains(value) {
            let hint = suggestion(for: value, among: option.choices)
            throw ArgumentProblem(
                "--\(option.name) must be one of \(option.choices.joined(separator: ", ")), not `\(value)`\(hint)"
            )
        }
        if !option.isRepeated, parsed.values[option.name] != nil {
            throw ArgumentProblem("--\(option.name) is given twice")
        }
        parsed.values[option.name, default: []].append(value)
    }
}
