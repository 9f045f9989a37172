import AlertDispatch
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
        let dispatcher = Dispatcher(settings: settings, registry: registry, channels: channels.map(\.name))
        await cancelWhenGracefulShutdown {
            for await news in faults.listen() { await tell(news, dispatcher) }
        }
    }

    private func tell(_ news: BoxFaults.News, _ dispatcher: Dispatcher) async {
        let now = Instant(milliseconds: SystemClock.wall)
        var change = BoxFaults.change(of: news, at: now, settings: settings)
        // No record made it: the number says only whether it begins or ends, and the ordinal how often it was told, so
        // that the keys differ.
        change.record = news.isOver ? 1 : 0
        change.ordinal = news.trouble.tellings
        let entries = dispatcher.decide([change]).notifications.map {
            OutboxEntry($0, zone: settings.site.zone, language: settings.site.language)
        }
        log.notice("telling of the box's trouble: \(change.message.en)", metadata: ["ways": "\(entries.count)"])
        // What came of each is in the log already, in the sender's words.
        _ = await sender.tell(entries)
    }
}
