import Arguments
struct RunCommand { init(_ parsed: ParsedArguments) {}; func run() throws -> Int32 { 70 } }
