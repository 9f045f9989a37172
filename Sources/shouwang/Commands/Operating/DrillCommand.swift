import ArgumentParser
import ConsoleClient
import JSONWriting

struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Raises a rule's alert to practise with, which says so and ends by itself after two hours.",
        discussion: """
            It goes the way of a true one: routes, channels, escalation, what workers answer. It moves no machine, \
            is no sign of life, and is in no figure. Managers and admins.

            Example:
              shouwang drill no-movement --resident luo --config /etc/shouwang/shouwang.yaml
              shouwang drill smoke --place 3栋 --config /etc/shouwang/shouwang.yaml
            """)

    @Argument(help: "The rule whose alert is practised, by its name in the configuration.")
    var rule: String

    @Option(help: "Somebody who agreed to it: a resident's id.")
    var resident: String?

    @Option(help: "Where: a place's id, or an address as 3栋/2单元/502.")
    var place: String?

    @Option(help: "The drill's key, to send one again whose answer was lost.")
    var key: String?

    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        guard (resident == nil) != (place == nil) else {
            throw ValidationError("name a resident with --resident, or a place with --place")
        }
    }

    func run() async throws {
        let request = ConsoleRequest.post(["drills"], key: key ?? ConsoleRequest.mintKey()) { writer in
            writer.text("rule", rule)
            writer.text("resident", ifAny: resident)
            writer.text("place", ifAny: place)
        }
        try await console.run { (session) async throws(ConsoleFailure) in try await session.tell(request, session.line)
        }
    }
}
