/// A shell for which there are completions.
public enum Shell: String, Sendable, CaseIterable {
    case bash, zsh, fish
}

extension Command {
    /// A script that completes this program's commands, options and their values.
    public func completions(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: "autoload -U +X bashcompinit && bashcompinit\n" + bash
        case .fish: fish
        }
    }

    private var words: String {
        (commands.map(\.name) + options.map { "--" + $0.name } + ["--help"]).joined(separator: " ")
    }

    private var bash: String {
        let function = "_" + name.map { $0 == "-" ? "_" : String($0) }.joined()
        var cases = ""
        for command in commands {
            cases += "    \(command.name)) words=\"\(command.words)\" ;;\n"
        }
        var values = ""
        for option in Set(commands.flatMap(\.options) + options).sorted(by: { $0.name < $1.name })
        where !option.choices.isEmpty {
            values +=
                "    --\(option.name)) COMPREPLY=($(compgen -W \"\(option.choices.joined(separator: " "))\" -- \"$current\")); return ;;\n"
        }
        return """
            \(function)() {
              local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words="\(words)"
              case "$previous" in
            \(values)    *) ;;
              esac
              [ "$COMP_CWORD" -gt 1 ] && case "${COMP_WORDS[1]}" in
            \(cases)    *) ;;
              esac
              case "$current" in
                -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
                *) COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current")) ;;
              esac
            }
            complete -o filenames -F \(function) \(name)

            """
    }

    private var fish: String {
        var lines = ""
        for command in commands {
            lines += "complete -c \(name) -n __fish_use_subcommand -a \(command.name) -d '\(quoted(command.summary))'\n"
            for option in command.options {
                let values = option.choices.isEmpty ? "" : " -xa '\(option.choices.joined(separator: " "))'"
                let takes = option.value == nil ? "" : " -r"
                lines +=
                    "complete -c \(name) -n '__fish_seen_subcommand_from \(command.name)' -l \(option.name)\(takes)\(values)"
                lines += " -d '\(quoted(option.help))'\n"
            }
        }
        return lines
    }

    private func quoted(_ text: String) -> String { text.map { $0 == "'" ? "\\'" : String($0) }.joined() }
}
