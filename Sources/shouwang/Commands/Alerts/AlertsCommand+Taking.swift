import ArgumentParser
import JSONWriting

extension AlertsCommand {
    struct Dispatch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dispatch",
            abstract: "Sends somebody: a worker, a role, a department or a partner.",
            discussion: """
                Example:
                  shouwang alerts dispatch 7F3A9C --to worker:w3 --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "worker:ID, a role, department:NAME or partner:NAME.")
        var to: String

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("dispatch") { writer in
                writer.text("to", to)
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Ack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Takes an alert: whoever is told of it sees that you have it in hand.",
            discussion: """
                Example:
                  shouwang alerts ack 7F3A9C --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("ack") { writer in
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Arrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "arrive",
            abstract: "Says that you are there.",
            discussion: """
                Example:
                  shouwang alerts arrive 7F3A9C --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("arrive") { writer in
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Return: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "return",
            abstract: "Gives it back: somebody else is told.",
            discussion: """
                Example:
                  shouwang alerts return 7F3A9C --reason "not my grid" --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "Why.")
        var reason: String

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("return") { writer in
                writer.text("reason", reason)
                writer.text("note", ifAny: note)
            }
        }
    }
}
