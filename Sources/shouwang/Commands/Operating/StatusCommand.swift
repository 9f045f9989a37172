import ArgumentParser
import ConsoleClient

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How the running daemon does: broker, journal, feeds, channels, what is open.",
        discussion: """
            Example:
              shouwang status --config /etc/shouwang/shouwang.yaml
              shouwang status --url https://box:8420 --token-file token --json
            """)

    @OptionGroup var console: ConsoleOptions

    func run() async throws {
        try await console.run { (session) async throws(ConsoleFailure) in
            try await session.tell(.get(["status"])) { ValueLines.of($0, width: session.width) }
        }
    }
}
