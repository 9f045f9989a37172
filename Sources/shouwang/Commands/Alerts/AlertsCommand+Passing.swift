import ArgumentParser
import JSONWriting

extension AlertsCommand {
    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge",
            abstract: "Joins it to another open alert, in which the case goes on.",
            discussion: """
                Example:
                  shouwang alerts merge 7F3A9C --into 21BC04 --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "The other alert: its id, or the id's first six digits.")
        var into: String

        @Option(help: "Free words.")
        var note: String?

        func validate() throws { try AlertName.check(into) }

        func run() async throws {
            try await act.run("merge") { writer in
                writer.text("into", into.lowercased())
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Escalate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "escalate",
            abstract: "Tells the next tier, or somebody by name; --reason no_access where nobody opens.",
            discussion: """
                Example:
                  shouwang alerts escalate 7F3A9C --reason no_access --config shouwang.yaml
                  shouwang alerts escalate 7F3A9C --to department:fire --reason "gas smell" --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "A role, department:NAME, partner:NAME or worker:ID; without it the next tier.")
        var to: String?

        @Option(help: "Why.")
        var reason: String

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("escalate") { writer in
                writer.text("to", ifAny: to)
                writer.text("reason", reason)
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Note: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "note",
            abstract: "Adds words to a case, in any state.",
            discussion: """
                Example:
                  shouwang alerts note 7F3A9C "knocked again, the light is on" --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Argument(help: "The words.")
        var text: String

        func run() async throws {
            try await act.run("note") { $0.text("text", text) }
        }
    }
}
