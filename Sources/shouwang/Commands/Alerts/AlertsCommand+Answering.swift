import ArgumentParser
import JSONWriting

extension AlertsCommand {
    struct Handle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "handle",
            abstract: "Says what was found, and how.",
            discussion: """
                Example:
                  shouwang alerts handle 7F3A9C --found well --by visit --config shouwang.yaml
                  shouwang alerts handle 7F3A9C --found away --until 2026-03-08 --alert-right yes --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(
            help:
                """
                Of people well, unwell, rescued, deceased, away; of things real, not_real, mended, referred, \
                dissuaded, not_ours.
                """
        )
        var found: String

        @Option(help: "visit or phone.")
        var by: String?

        @Option(help: "Of away: until when.")
        var until: String?

        @Option(help: "Whether the alert was right: yes or no.")
        var alertRight: YesNo?

        @Option(help: "The device: ok, faulty or replaced.")
        var device: String?

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("handle") { writer in
                writer.text("found", found)
                writer.text("by", ifAny: by)
                writer.text("until", ifAny: until)
                if let alertRight { writer.truth("alert_right", alertRight == .yes) }
                writer.text("device", ifAny: device)
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Checks what another handled: it is closed, or goes back to whoever handled it.",
            discussion: """
                Example:
                  shouwang alerts check 7F3A9C --ok --config shouwang.yaml
                  shouwang alerts check 7F3A9C --not-ok --note "nobody went in" --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Flag(help: "Whether it was done as it should be.")
        var result: CheckResult

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("check") { writer in
                writer.truth("ok", result == .ok)
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close",
            abstract: "Closes a case that nobody has to handle (managers).",
            discussion: """
                Example:
                  shouwang alerts close 7F3A9C --reason duplicate --config shouwang.yaml
                  shouwang alerts close 7F3A9C --found well --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "What was found, as of handle.")
        var found: String?

        @Option(help: "Why: duplicate, test, told_by_phone, or your own word.")
        var reason: String?

        @Option(help: "Free words.")
        var note: String?

        func validate() throws {
            guard found != nil || reason != nil else {
                throw ValidationError("say what was found (--found well) or why it is closed (--reason duplicate)")
            }
        }

        func run() async throws {
            try await act.run("close") { writer in
                writer.text("found", ifAny: found)
                writer.text("reason", ifAny: reason)
                writer.text("note", ifAny: note)
            }
        }
    }

    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reopen",
            abstract: "Opens a case again that was closed within 30 days (managers).",
            discussion: """
                Example:
                  shouwang alerts reopen 7F3A9C --reason "she called again" --config shouwang.yaml
                """)

        @OptionGroup var act: ActOptions

        @Option(help: "Why.")
        var reason: String

        @Option(help: "Free words.")
        var note: String?

        func run() async throws {
            try await act.run("reopen") { writer in
                writer.text("reason", reason)
                writer.text("note", ifAny: note)
            }
        }
    }
}
