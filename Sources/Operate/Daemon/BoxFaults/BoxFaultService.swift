import Alerts
import Channels
import Community
import Delivery
import Diagnostics
import Ledger
import Logging
import MQTTIntake
import ServiceLifecycle
import SiteConfiguration
import Timekeeping
import Vocabulary

/// Tells people of the box's own trouble, past the ledger.
struct BoxFaultService: Service {
    let faults: BoxFaults
    let sender: DirectSender
    let settings: Settings
    let registry: Registry
    let channels: [ChannelSetting]
    let log: Logger

    func run() async throws {
        let routing = Routing(settings: settings, registry: registry, channels: channels.map(\.name))
        await cancelWhenGracefulShutdown {
            for await news in faults.listen() { await send(news, routing) }
        }
    }

    private func send(_ news: BoxFaults.News, _ routing: Routing) async {
        let now = Instant(milliseconds: SystemClock.wall)
        let change = BoxFaults.change(of: news, at: now, settings: settings)
        let json = String(decoding: change.json(zone: settings.site.zone), as: UTF8.self)
        let words = change.message.text(in: settings.site.language)
        let kinds = Dictionary(settings.channels.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first })
        let entries = routing.resolve(change).destinations.map { destination in
            let takesChanges = kinds[destination.channel]?.takesChanges ?? false
            // No record made it: the number says only whether it begins or ends, and the ordinal how often it was told,
            // so that the keys differ.
            return OutboxEntry(
                record: news.isOver ? 1 : 0, ordinal: news.trouble.tellings, alert: change.id,
                channel: destination.channel, recipient: destination.recipient, severity: change.severity.rawValue,
                change: change.change.rawValue,
                kind: takesChanges ? .change : .text, body: takesChanges ? json : words, at: now)
        }
        log.notice("telling of the box's trouble: \(change.message.en)", metadata: ["ways": "\(entries.count)"])
        // What came of each is in the log already, in the sender's words.
        _ = await sender.tell(entries)
    }
}
