extension YAMLError {
    /// What libyaml says, in plain words: what is wrong and how it is written rightly.
    static func plain(_ problem: String) -> String {
        for (part, words) in phrases where problem.contains(part) { return words }
        return problem
    }

    /// Parts of libyaml's sentences; the first that fits counts.
    private static var phrases: [(String, String)] {
        [
            (
                "cannot start any token",
                "a character stands here that no value can begin with (a tab, `@`, `` ` `` or `%`): indent with spaces, and "
                    + "put such a text in quotes"
            ),
            (
                "mapping values are not allowed",
                "a `:` stands where no key can be: is the line indented like the one above it? A text with `: ` in it needs "
                    + "quotes"
            ),
            ("could not find expected ':'", "a key has no `:` and no value behind it"),
            ("did not find expected ',' or ']'", "a list that began with `[` has no `]`, or a comma is missing in it"),
            ("did not find expected ',' or '}'", "a map that began with `{` has no `}`, or a comma is missing in it"),
            (
                "did not find expected node content",
                "a value is missing here: is there a bracket, brace or comma without anything behind it?"
            ),
            (
                "did not find expected key",
                "a key was expected here: is the line indented like the other keys, and every quote and bracket closed?"
            ),
            (
                "did not find expected '-' indicator",
                "an element of a list was expected here: every element begins with `- `, all at the same indentation"
            ),
            ("block sequence entries are not allowed", "an element `- …` stands where no list can be"),
            ("block mapping", "the lines are not indented alike"),
            ("unexpected end of stream", "the file ends within a text in quotes"),
            ("unexpected document indicator", "a new document (`---`) begins within a text in quotes"),
            ("control characters are not allowed", "it holds a control character, which cannot be seen: remove it"),
            (
                "unknown escape character",
                "a backslash within double quotes stands before a letter that means nothing: use \\\\"
            ),
            ("UTF-8", "it is not UTF-8"),
            ("octet", "it is not UTF-8"),
            ("UTF-16", "it is neither UTF-8 nor UTF-16"),
            ("tab", "indent with spaces, not with tabs"),
        ]
    }
}
