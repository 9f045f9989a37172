import Alerts
import Channels
import ConfigReading
import Console
import Delivery
import Diagnostics
import Ledger
import Logging
import MQTTIntake
import Pipeline
import SiteConfiguration
import SiteLoading
import Timekeeping
import Vocabulary

extension ConsoleParts {
    /// What the console's API works with in a watch.
    /// - Parameters:
    ///   - direct: sends trial messages, past the ledger.
    ///   - wake: something waits in the outbox again.
    init(
        _ site: Site, ledger: Ledger, desk: any CaseDesk, direct: DirectSender, state: DaemonState,
        wake: @escaping @Sendable () -> Void, log: Logger
    ) {
        self.init(
            ledger: ledger, registry: site.registry, settings: site.settings, desk: desk,
            photos: site.settings.store.path + "/photos", log: log,
            now: { Instant(milliseconds: SystemClock.wall) })
        fixedTokens = ConsoleParts.fixedTokens(site.settings.console?.tokens, log)
        refused = { state.view.counters.refused.merging(state.view.refused, uniquingKeysWith: max) }
        testChannel = { [settings = site.settings] name in await ConsoleParts.test(name, settings, direct) }
        wakeSender = wake
    }

    /// The tokens of `console.tokens`; what is wrong with it is told, and costs itself.
    private static func fixedTokens(_ source: SecretSource?, _ log: Logger) -> [TokenRow] {
        guard let source else { return [] }
        do throws(SecretError) {
            let (tokens, problems) = TokenFile.read(try source.read())
            for problem in problems { log.error("console.tokens: \(problem)") }
            return tokens
        } catch {
            log.error("console.tokens: \(error)")
            return []
        }
    }

    /// Sends a trial message; nil where no such channel is set up.
    private static func test(_ name: String, _ settings: Settings, _ direct: DirectSender) async -> ChannelTest? {
        guard let channel = settings.channels.first(where: { $0.name == name }) else { return nil }
        let now = Instant(milliseconds: SystemClock.wall)
        let words = LocalizedText(
            zh: "【测试】\(settings.site.name)：这是一条测试消息，无需处理。",
            en: "[Test] \(settings.site.name): this is a trial message, nothing is to be done.")
        let change = AlertChange(
            record: 0, ordinal: 0, change: .noted, at: now,
            id: AlertChange.id(site: settings.site.id, rule: "channel-test", key: name, started: now),
            rule: "channel-test", kind: .boxFault, severity: .low, site: settings.site.id, key: name, started: now,
            detected: now, state: .closed, detail: "{\"test\":true}", evidence: [], message: words, isTold: true)
        let body =
            channel.takesChanges
            ? String(decoding: change.json(zone: settings.site.zone), as: UTF8.self)
            : words.text(in: settings.site.language)
        let entry = OutboxEntry(
            record: 0, ordinal: 0, alert: change.id, channel: name, recipient: "", severity: .low, change: "noted",
            kind: channel.takesChanges ? .change : .text, body: body, at: now)
        switch await direct.tell([entry]).first {
        case .sent(let answer)?: return ChannelTest(isSent: true, answer: answer)
        case .transient(let failure)?: return ChannelTest(isSent: false, answer: failure.reason)
        case .permanent(let reason)?: return ChannelTest(isSent: false, answer: reason)
        case nil: return nil
        }
    }
}

extension ConsoleServer.Options {
    /// As the configuration has it.
    init(_ console: ConsoleSettings) {
        self.init(host: console.listen.host, port: console.listen.port)
        if let cert = console.tls?.cert, let key = console.tls?.key { tls = ConsoleTLS(cert: cert, key: key) }
        trustedProxies = console.trustedProxies
    }
}
