import ArgumentParser
import ConsoleClient
import JSONWriting

/// What every act on an alert has: the alert, and how it is told.
struct ActOptions: ParsableArguments {
    @Argument(help: "The alert: its id, or the id's first six digits.")
    var alert: String

    @Option(help: "Who did it, where you enter it for somebody (managers).")
    var actor: String?

    @Option(help: "The key of the act, to send one again whose answer was lost.")
    var key: String?

    @Option(help: "What of the alert you had seen, as its `number` has it.")
    var seen: String?

    @OptionGroup var console: ConsoleOptions

    func validate() throws { try AlertName.check(alert) }

    /// Does it, and writes what became of the alert.
    func run(_ verb: String, _ fields: @escaping (inout JSONWriter) -> Void) async throws {
        let request = ConsoleRequest.post(["alerts", alert.lowercased(), verb], key: key ?? ConsoleRequest.mintKey()) {
            writer in
            writer.text("seen", ifAny: seen)
            writer.text("actor", ifAny: actor)
            fields(&writer)
        }
        try await console.run { (session) async throws(ConsoleFailure) in
            try await session.tell(request, session.line)
        }
    }
}
