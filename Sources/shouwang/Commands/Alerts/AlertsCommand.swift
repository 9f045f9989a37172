import ArgumentParser

struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "Looks at alerts and works on them, by way of the running daemon.",
        discussion: """
            An alert is named by its id or the id's first six digits, as they stand in each message. Who you are \
            there is told by --token-file or SHOUWANG_TOKEN; the store's owner needs none. Each act has a key: where \
            the answer is lost it is sent again, and is done once.

            Example:
              shouwang alerts list --open --config /etc/shouwang/shouwang.yaml
              shouwang alerts ack 7F3A9C --config /etc/shouwang/shouwang.yaml
              shouwang alerts handle 7F3A9C --found well --note "in her garden" --config /etc/shouwang/shouwang.yaml
            """,
        subcommands: [
            List.self, Show.self, New.self, Dispatch.self, Ack.self, Arrive.self, Handle.self, Check.self,
            Close.self, Reopen.self, Return.self, Suspend.self, Resume.self, Extend.self, Merge.self, Escalate.self,
            Note.self,
        ])
}
