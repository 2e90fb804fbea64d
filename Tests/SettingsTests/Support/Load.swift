import Settings

/// Loads a configuration; its errors as they are printed.
func load(_ yaml: String, _ environment: [String: String] = [:], _ overrides: [Settings.Override] = [])
    -> (settings: Settings, errors: [String])
{
    let (settings, problems) = Settings.load(
        file: ("f.yaml", Array(yaml.utf8)),
        environment: environment,
        overrides: overrides
    )
    return (settings, problems.filter { $0.severity == .error }.map(\.description))
}

/// The errors of one `--set`.
func errors(setting key: String, to value: String) -> [String] {
    load("", [:], [Settings.Override(key, value)]).errors
}
