import ArgumentParser
import ConsoleClient
import Daemon
import Diagnostics
import JSONWriting
import Ledger
import MQTTIntake
import SiteConfiguration
import SiteLoading
import Terminal

struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Takes out of the store what names somebody who left, and says of the rest until when it stays.",
        discussion: """
            First their row is taken out of residents.csv, and the daemon reloads. Without --yes nothing is removed: \
            it says place by place what would be. With the daemon down it works on the store itself. Exit 1 where \
            something stands in the way.

            Example:
              shouwang forget luo --config /etc/shouwang/shouwang.yaml
              shouwang forget luo --yes --config /etc/shouwang/shouwang.yaml
            """)

    @Argument(help: "The resident's id.")
    var resident: String

    @Flag(help: "Do it.")
    var yes = false

    @Option(help: "The call's key, to send one again whose answer was lost.")
    var key: String?

    @OptionGroup var console: ConsoleOptions

    func run() async throws {
        if let config = console.config, console.url == nil {
            let site = try SiteFiles.require(config: config)
            if StoreHolder.of(site.settings.store.path) == .nobody { return try forgetHere(site) }
        }
        let request = ConsoleRequest.post(["residents", resident, "forget"], key: key ?? ConsoleRequest.mintKey()) {
            $0.truth("dry_run", !yes)
        }
        var isBlocked = false
        try await console.run { (session) async throws(ConsoleFailure) in
            let answer = try await session.client.ask(request)
            let value = try ConsoleSession.value(of: answer)
            isBlocked = !(value["blockers"]?.texts.isEmpty ?? true)
            if session.writesJSON { return session.write(answer) }
            session.write(ForgetLines.of(value, language: session.language, width: session.width))
        }
        if isBlocked { throw Exit.differs }
    }

    /// With the daemon down, under the store's lock.
    private func forgetHere(_ site: Site) throws {
        let language = site.settings.site.language
        let store = StoreLedger(settings: site.settings)
        guard store.isOurs else {
            StandardError.print(
                LocalizedText(
                    zh: "\(site.settings.store.path) 不能写入；请用守望的用户执行",
                    en: "\(site.settings.store.path) cannot be written; run this as the daemon's user"
                ).text(in: language))
            throw Exit.inputOutput
        }
        let lock: ClientLock
        do throws(ClientLock.Problem) { lock = try ClientLock(store: site.settings.store.path) } catch {
            StandardError.print(
                LocalizedText(
                    zh: "\(site.settings.store.path) 正被占用；请稍后再试",
                    en: "\(site.settings.store.path) is in use; try again later"
                ).text(in: language))
            throw Exit.temporary
        }
        try forget(under: lock, site, store)
    }

    /// The lock is given free when it ends, however it ends.
    private func forget(under lock: borrowing ClientLock, _ site: Site, _ store: StoreLedger) throws {
        let language = site.settings.site.language
        let configs = ConfigStore(store: site.settings.store.path)
        guard let subject = ForgetSubject.find(resident, registry: site.registry, configs: configs) else {
            StandardError.print(
                LocalizedText(
                    zh: "登记表和留存的配置里都没有编号为“\(resident)”的居民",
                    en: "there is no resident \"\(resident)\" in the sheet nor in any configuration that is kept"
                ).text(in: language))
            throw Exit.noInput
        }
        let ledger = try store.open()
        let now = WallClock.now
        let report = try store.use { () throws(LedgerError) in
            let forgetting = Forgetting(subject, settings: site.settings, ledger: ledger)
            let report = try yes ? forgetting.run(now: now) : forgetting.plan(now: now)
            if report.isDone {
                try ledger.audit(
                    [
                        AuditEntry(
                            person: StoreLedger.person, role: "admin", action: "resident.forget", object: resident)
                    ],
                    at: now)
            }
            try ledger.close()
            return report
        }
        let json = report.json(zone: site.settings.site.zone, language: language)
        if console.json {
            StandardError.write(json + [0x0A], to: 1)
        } else {
            let lines = ForgetLines.of(ConsoleValue(json) ?? .null, language: language, width: TerminalWidth.current)
            StandardError.write(lines.map { $0 + "\n" }.joined(), to: 1)
        }
        if !report.blockers.isEmpty { throw Exit.differs }
    }
}
