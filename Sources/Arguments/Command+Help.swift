extension Command {
    /// The command that a path leads to.
    public func command(at path: [String]) -> Command {
        path.reduce(self) { command, name in command.commands.first { $0.name == name } ?? command }
    }

    /// The help of the command that `path` leads to.
    public func help(_ path: [String] = [], width: Int = 100) -> String {
        let command = command(at: path)
        let line = ([name] + path).joined(separator: " ")
        var text = command.summary + "\n\nUsage: \(line)"
        if !command.commands.isEmpty { text += " COMMAND" }
        for positional in command.positionals { text += " \(positional)" }
        if !command.options.isEmpty { text += " [OPTIONS]" }
        text += "\n"
        if !command.discussion.isEmpty { text += "\n" + wrap(command.discussion, width: width, indent: 0) + "\n" }
        if !command.commands.isEmpty {
            text += "\nCommands:\n" + table(command.commands.map { ($0.name, $0.summary) }, width)
        }
        let rows = command.options.map { option in
            let short = option.short.map { "-\($0), " } ?? ""
            return (short + "--" + option.name + (option.value.map { " " + $0 } ?? ""), option.help)
        }
        text += "\nOptions:\n" + table(rows + [("-h, --help", "print this text")], width)
        if !command.examples.isEmpty { text += "\nExamples:\n" + command.examples.map { "  \($0)\n" }.joined() }
        return text
    }

    private func table(_ rows: [(String, String)], _ width: Int) -> String {
        let column = min(34, (rows.map(\.0.count).max() ?? 0) + 4)
        return rows.map { name, help in
            let head = "  " + name
            let body = wrap(help, width: max(40, width - column), indent: column)
            guard head.count + 2 <= column else { return head + "\n" + body + "\n" }
            return head + body.dropFirst(head.count) + "\n"
        }.joined()
    }

    private func wrap(_ text: String, width: Int, indent: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            if !line.isEmpty, line.count + word.count + 1 > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        lines.append(line)
        return lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
    }
}
