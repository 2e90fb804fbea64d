import Arguments
struct SimulateCommand { init(_ parsed: ParsedArguments) {}; func run() throws -> Int32 { 70 } }
