import Arguments
struct DemoCommand { init(_ parsed: ParsedArguments) {}; func run() throws -> Int32 { 70 } }
