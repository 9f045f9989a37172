import ArgumentParser
import JSONWriting

extension AlertsCommand {
    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspend",
            abstract: "Lets a case wait until a day or for a length of time, at most 90 days.",
            discussion: """
                Example:
                  shouwang alerts suspend 7F3A9C --until 2026-03-20 --reason "spare part ordered" --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "Until when.")
        var until: String

        @Option(help: "Why.")
        var reason: String

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("suspend") { writer in
                writer.text("until", until)
                writer.text("reason", reason)
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Goes on with a case that waits.",
            discussion: """
                Example:
                  shouwang alerts resume 7F3A9C --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("resume") { writer in
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Extend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "extend",
            abstract: "Gives a case more time.",
            discussion: """
                Example:
                  shouwang alerts extend 7F3A9C --for 2d --reason "waiting for the lift company" --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(name: .customLong("for"), help: "A length of time, as 2d.")
        var length: String

        @Option(help: "Why.")
        var reason: String

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("extend") { writer in
                writer.text("for", length)
                writer.text("reason", reason)
                writer.text("note", ifAny: note)
            }
        }
    }
}
