import ArgumentParser
import ConsoleClient
import Diagnostics
import JSONWriting

extension AlertsCommand {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Makes a case of what somebody reports, by phone or at the counter.",
            discussion: """
                It is a report as a phone's or a patroller's, so a rule of the kind `report` (or of lifts) makes the \
                alert, with its severity and its route.

                Example:
                  shouwang alerts new --category 维修 --text "2单元门禁坏了" --place b3 --by luo --config shouwang.yaml
                  shouwang alerts new --type lift_trapped --place b3 --text "two people" --config shouwang.yaml
                """)

        @Option(help: "resident_report, patrol_report, dissuasion, lift_fault or lift_trapped.")
        var type = "resident_report"

        @Option(help: "What it is about, in one word, as 维修.")
        var category: String?

        @Option(help: "What was said.")
        var text: String

        @Option(help: "Where: a place's id, or an address as 3栋/2单元/502.")
        var place: String

        @Option(help: "Who reports.")
        var by: String?

        @Option(help: "How they are reached.")
        var phone: String?

        @Option(help: "How urgent they say that it is; kept as told, the rule decides.")
        var severity: String?

        @Option(help: "The report's key, to send one again whose answer was lost.")
        var key: String?

        @OptionGroup var console: ConsoleOptions

        func run() async throws {
            let request = ConsoleRequest.post(["cases"], key: key ?? ConsoleRequest.mintKey()) { writer in
                writer.text("type", type)
                writer.text("category", ifAny: category)
                writer.text("text", text)
                writer.text("place", place)
                writer.text("by", ifAny: by)
                writer.text("phone", ifAny: phone)
                writer.text("severity", ifAny: severity)
            }
            try await console.run { (session) async throws(ConsoleFailure) in
                try await session.tell(request) { answer in
                    let numbers = answer["alerts"]?.texts.map { $0.prefix(6).uppercased() } ?? []
                    let text =
                        numbers.isEmpty
                        ? LocalizedText(
                            zh: "已记录；没有规则为它发出预警", en: "it is kept; no rule made an alert of it")
                        : LocalizedText(
                            zh: "已受理，预警编号 \(numbers.joined(separator: "、"))",
                            en: "taken; the alert is \(numbers.joined(separator: ", "))")
                    return [text.text(in: session.language)]
                }
            }
        }
    }
}
