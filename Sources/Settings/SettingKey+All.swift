extension SettingKey {
    /// Every key, in the order of the documentation: parsing, environment names, `--set`, rendering, the documentation and
    /// suggestions all come from here.
    static var all: [SettingKey] { inputs + threads + learning + outputs }

    /// Names of sections, as `groups`.
    static var sections: [String] {
        var names: [String] = []
        for key in all {
            guard let dot = key.path.firstIndex(of: ".") else { continue }
            let name = String(key.path[..<dot])
            if names.last != name { names.append(name) }
        }
        return names
    }
}
