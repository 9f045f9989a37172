import ConsoleClient
import Diagnostics
import Terminal

/// A command's talk with the console: it asks, and writes what was answered.
struct ConsoleSession: Sendable {
    let client: ConsoleClient
    let language: Language
    let writesJSON: Bool
    /// Of the terminal, in columns.
    let width: Int

    /// Asks, and writes the answer: as it came where JSON is asked for, else in the lines that the body makes of it.
    func tell(
        _ request: ConsoleRequest, _ lines: (ConsoleValue) -> [String]
    ) async throws(ConsoleFailure) {
        let answer = try await client.ask(request)
        if writesJSON { return write(answer) }
        write(lines(try ConsoleSession.value(of: answer)))
    }

    /// The answer as it came, on a line.
    func write(_ answer: ConsoleAnswer) {
        StandardError.write(answer.body.last == 0x0A ? answer.body : answer.body + [0x0A], to: 1)
    }

    func write(_ lines: [String]) { StandardError.write(lines.map { $0 + "\n" }.joined(), to: 1) }

    static func value(of answer: ConsoleAnswer) throws(ConsoleFailure) -> ConsoleValue {
        guard let value = answer.value else { throw .senseless("HTTP \(answer.status)") }
        return value
    }

    /// What became of a case, in one line.
    func line(_ alert: ConsoleValue) -> [String] { [AlertWords(alert, language: language).line] }
}
