import ArgumentParser
import ConsoleClient

extension AlertsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Alerts, a line each, the last opened first.",
            discussion: """
                Without a filter every open alert is in it, whatever its age. Options may be given more than once. \
                With --json a line a page, as the API answers it.

                Example:
                  shouwang alerts list --open --severity critical --severity high --config shouwang.yaml
                  shouwang alerts list --kind no_movement --from 2026-03-01 --to 2026-04-01 --config shouwang.yaml
                """)

        @Flag(help: "Open alerts alone.")
        var open = false

        @Option(help: "Of this state, as acknowledged or on_site.")
        var state: [String] = []

        @Option(help: "Of this kind, as no_movement.")
        var kind: [String] = []

        @Option(help: "Of this rule.")
        var rule: [String] = []

        @Option(help: "critical, high, medium or low.")
        var severity: [String] = []

        @Option(help: "Of this grid.")
        var grid: [String] = []

        @Option(help: "At this place, or in it.")
        var place: String?

        @Option(help: "In the hands of this worker.")
        var worker: String?

        @Option(help: "With this finding, as well or device_fault.")
        var found: [String] = []

        @Option(help: "Opened from this time on (ISO 8601 or a day).")
        var from: String?

        @Option(help: "Opened before this time.")
        var to: String?

        @Option(help: "With these words.")
        var search: String?

        @Option(help: "So many at most (1…10000).")
        var limit = 100

        @OptionGroup var console: ConsoleOptions

        /// The API's longest page.
        private static let pageMax = 200

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit: write a number from 1 to 10000") }
        }

        func run() async throws {
            try await console.run { (session) async throws(ConsoleFailure) in
                var alerts: [ConsoleValue] = []
                var cursor: String?
                var left = limit
                repeat {
                    let page = [("limit", "\(min(left, List.pageMax))")] + (cursor.map { [("cursor", $0)] } ?? [])
                    let answer = try await session.client.ask(.get(["alerts"], query: filters + page))
                    if session.writesJSON { session.write(answer) }
                    let value = try ConsoleSession.value(of: answer)
                    guard let found = value["alerts"]?.list else { throw .senseless("no \"alerts\"") }
                    alerts += found
                    left -= found.count
                    cursor = found.isEmpty ? nil : value["next"]?.text
                } while cursor != nil && left > 0
                if session.writesJSON { return }
                session.write(AlertWords.list(alerts, language: session.language, width: session.width))
            }
        }

        private var filters: [(name: String, value: String)] {
            var filters: [(name: String, value: String)] = open ? [("open", "1")] : []
            for (name, values) in [
                ("state", state), ("kind", kind), ("rule", rule), ("severity", severity), ("grid", grid),
                ("found", found),
            ] {
                if !values.isEmpty { filters.append((name, values.joined(separator: ","))) }
            }
            for (name, value) in [("place", place), ("worker", worker), ("from", from), ("to", to), ("q", search)] {
                if let value { filters.append((name, value)) }
            }
            return filters
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "One alert, with what happened to it, who was told, and what may be done.",
            discussion: """
                Example:
                  shouwang alerts show 7F3A9C --config /etc/shouwang/shouwang.yaml
                """)

        @Argument(help: "The alert: its id, or the id's first six digits.")
        var alert: String

        @OptionGroup var console: ConsoleOptions

        func validate() throws { try AlertName.check(alert) }

        func run() async throws {
            try await console.run { (session) async throws(ConsoleFailure) in
                try await session.tell(.get(["alerts", alert.lowercased()])) {
                    AlertWords($0, language: session.language).page(width: session.width)
                }
            }
        }
    }
}
