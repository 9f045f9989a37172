import ArgumentParser
import Cases
import ConsoleClient
import Diagnostics
import Community
import JSONWriting
import Ledger
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping
import Vocabulary

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Lets people and programs into the console's API, and out again.",
        discussion: """
            Works on the store's ledger, whether the daemon runs or not; a running daemon knows of it within a second. \
            A token is shown once, when it is made: the ledger has its hash alone.

            Example:
              shouwang token add desk --role manager --config /etc/shouwang/shouwang.yaml
              shouwang token add wang --role worker --worker w3 --expires 90d --config /etc/shouwang/shouwang.yaml
              shouwang token list --config /etc/shouwang/shouwang.yaml
              shouwang token revoke 0123456789ab --config /etc/shouwang/shouwang.yaml
            """,
        subcommands: [Add.self, List.self, Revoke.self])
}

extension TokenCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Makes a token and prints it alone on standard output.",
            discussion: """
                Example:
                  shouwang token add desk --role manager --expires 90d --config shouwang.yaml > desk.token
                """)

        @Argument(help: "Who gets it: their name, or the program's.")
        var name: String

        @Option(help: "viewer, worker, manager, admin or auditor.")
        var role: String

        @Option(help: "Of the role worker: the worker's id in workers.csv, whose grids it is for.")
        var worker: String?

        @Option(help: "How long it holds, as 90d; without it until it is revoked.")
        var expires: String?

        @Option(help: "The configuration.")
        var config: String

        func validate() throws {
            guard (1...64).contains(name.count) else { throw ValidationError("a name has 1 to 64 characters") }
            guard let role = Role(rawValue: role) else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--role: \"\(role)\" is no role; known are \(known)")
            }
            guard (role == .worker) == (worker != nil) else {
                throw ValidationError(
                    role == .worker
                        ? "--worker: name the worker whose token it is, by the id in workers.csv"
                        : "--worker: a token of the role \(role.rawValue) is nobody's in workers.csv; leave it out")
            }
            if let expires, Milliseconds(text: expires) == nil {
                throw ValidationError("--expires: \"\(expires)\" is no length of time; write it as 90d or 12h")
            }
        }

        func run() throws {
            let site = try SiteFiles.require(config: config)
            if let worker, !site.registry.workers.contains(where: { $0.id == worker }) {
                StandardError.print(
                    LocalizedText(
                        zh: "workers.csv 里没有编号为“\(worker)”的人", en: "there is no worker \"\(worker)\" in workers.csv"
                    ).text(in: site.settings.site.language))
                throw Exit.noInput
            }
            let store = StoreLedger(settings: site.settings)
            let ledger = try store.open()
            let secret = AccessToken.make()
            let now = WallClock.now
            let row = TokenRow(
                name: name, role: role, worker: worker, hash: AccessToken.hash(secret.reveal()), created: now,
                expires: expires.flatMap { Milliseconds(text: $0) }.map { now + $0 })
            let isKept = try store.use { () throws(LedgerError) in
                guard try ledger.addToken(row) else { return false }
                try ledger.audit(
                    [
                        AuditEntry(
                            person: StoreLedger.person, role: "admin", action: "token.add", object: row.id, detail: role
                        )
                    ],
                    at: now)
                return true
            }
            try store.use { () throws(LedgerError) in try ledger.close() }
            guard isKept else {
                StandardError.print(
                    LocalizedText(
                        zh: "令牌已有 \(Ledger.tokensMax) 个；请先用 shouwang token revoke 收回不用的",
                        en:
                            "there are \(Ledger.tokensMax) tokens; revoke those that nobody uses with shouwang "
                            + "token revoke"
                    ).text(in: site.settings.site.language))
                throw Exit.inputOutput
            }
            StandardError.write(secret.reveal() + "\n", to: 1)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "The tokens that there are, without their texts.",
            discussion: """
                Example:
                  shouwang token list --config /etc/shouwang/shouwang.yaml
                """)

        @Option(help: "The configuration.")
        var config: String

        @Flag(help: "Write a JSON object a line.")
        var json = false

        func run() throws {
            let site = try SiteFiles.require(config: config)
            let store = StoreLedger(settings: site.settings)
            let ledger = try store.open()
            let rows = try store.use { () throws(LedgerError) in
                let rows = try ledger.tokens()
                try ledger.close()
                return rows
            }
            let zone = site.settings.site.zone
            func time(_ instant: Instant?) -> String? { instant.map { ISO8601.write($0, in: zone) } }
            if json {
                for row in rows {
                    let line = JSONWriter.object { writer in
                        writer.text("id", row.id)
                        writer.text("name", row.name)
                        writer.text("role", row.role)
                        writer.text("worker", ifAny: row.worker)
                        writer.text("created", ifAny: time(row.created))
                        writer.text("expires", ifAny: time(row.expires))
                        writer.text("revoked", ifAny: time(row.revoked))
                        writer.text("used", ifAny: time(row.used))
                    }
                    StandardError.write(line + [0x0A], to: 1)
                }
                return
            }
            StandardError.write(table(rows, site).map { $0 + "\n" }.joined(), to: 1)
        }

        private func table(_ rows: [TokenRow], _ site: Site) -> [String] {
            let isChinese = site.settings.site.language == .zhHans
            func day(_ instant: Instant?) -> String {
                instant.map { String(ISO8601.plain($0, in: site.settings.site.zone).prefix(10)) } ?? "–"
            }
            var table = TextTable(
                isChinese
                    ? ["编号", "角色", "状态", "到期", "最近使用", "人员", "姓名"]
                    : ["id", "role", "state", "expires", "used", "worker", "name"])
            let now = WallClock.now
            for row in rows {
                let state =
                    row.isLive(at: now)
                    ? LocalizedText(zh: "有效", en: "live")
                    : row.revoked != nil
                        ? LocalizedText(zh: "已收回", en: "revoked") : LocalizedText(zh: "已过期", en: "expired")
                table.add([
                    row.id, row.role, state.text(in: site.settings.site.language), day(row.expires), day(row.used),
                    row.worker ?? "–", row.name,
                ])
            }
            return table.lines(width: TerminalWidth.current)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Ends a token: within a second it lets nobody in.",
            discussion: """
                Example:
                  shouwang token revoke 0123456789ab --config /etc/shouwang/shouwang.yaml
                """)

        @Argument(help: "Its id, as `token list` shows it, or the name of whoever has it, where they have one alone.")
        var token: String

        @Option(help: "The configuration.")
        var config: String

        func run() throws {
            let site = try SiteFiles.require(config: config)
            let language = site.settings.site.language
            let store = StoreLedger(settings: site.settings)
            let ledger = try store.open()
            let now = WallClock.now
            let live = try store.use { () throws(LedgerError) in try ledger.tokens() }.filter { $0.revoked == nil }
            let meant =
                live.filter { $0.id == token }.isEmpty
                ? live.filter { $0.name == token } : live.filter { $0.id == token }
            guard let row = meant.first, meant.count == 1 else {
                StandardError.print(
                    (meant.isEmpty
                        ? LocalizedText(
                            zh: "没有“\(token)”这个令牌；请用 shouwang token list 核对",
                            en: "there is no token \"\(token)\"; look it up with shouwang token list")
                        : LocalizedText(
                            zh: "“\(token)”有 \(meant.count) 个令牌；请写编号",
                            en: "\"\(token)\" has \(meant.count) tokens; name one by its id")).text(in: language))
                throw Exit.noInput
            }
            try store.use { () throws(LedgerError) in
                _ = try ledger.revokeToken(id: row.id, now: now)
                try ledger.audit(
                    [AuditEntry(person: StoreLedger.person, role: "admin", action: "token.revoke", object: row.id)],
                    at: now)
                try ledger.close()
            }
            StandardError.print(
                LocalizedText(zh: "已收回 \(row.id)（\(row.name)）", en: "\(row.id) (\(row.name)) is revoked").text(
                    in: language))
        }
    }
}
