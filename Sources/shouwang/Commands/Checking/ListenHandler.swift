import Community
import Diagnostics
import Feeds
import Glibc
import MQTTIntake
import Pipeline
import RecordLog
import SiteConfiguration
import Terminal
import Timekeeping

/// Puts each message into words. It decodes as the daemon does: the message as a journal line, the line as a record.
final class ListenHandler: IntakeHandler {
    private var decoder: Decoder
    private let registry: Registry
    private let words: ObservationWords
    private let language: Language
    private let only: PlaceID?
    private let line = JournalLine()

    init(plan: FeedPlan, settings: Settings, only: PlaceID?) {
        decoder = Decoder(plan: plan)
        registry = plan.registry
        words = ObservationWords(registry: plan.registry, site: settings.site)
        language = settings.site.language
        self.only = only
    }

    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) -> Bool {
        var text: [UInt8] = []
        let head = JournalLine.Head(
            stamp: Instant(milliseconds: SystemClock.wall), qos: qos, retain: retain, mid: mid)
        unsafe line.append(head, topic: topic, payload: payload, to: &text)
        let batch = decoder.decode(Chunk(text: text, file: "mqtt"))
        for observation in batch.observations { say(observation, batch) }
        if only == nil {
            for refusal in batch.refusals {
                StandardError.write(
                    "\(refusal.topic): \(LocalizedText(zh: "拒收", en: "refused").text(in: language)) \(refusal.code): "
                        + "\(refusal.detail)\n",
                    to: 1)
            }
        }
        return true
    }

    private func say(_ observation: Observation, _ batch: DecodedBatch) {
        let device = observation.device.known.map { registry.devices[Int($0)] }
        if let only, !isInside(device?.place, only) { return }
        StandardError.write(words.text(of: observation, batch) + "\n", to: 1)
    }

    private func isInside(_ place: PlaceID?, _ wanted: PlaceID) -> Bool {
        var current = place
        while let id = current {
            if id == wanted { return true }
            current = registry.places[Int(id.index)].parent
        }
        return false
    }

    func commit() -> Bool { true }
    func connected(sessionPresent: Bool) {
        StandardError.print(LocalizedText(zh: "已连接，按 Ctrl-C 结束", en: "connected; Ctrl-C ends").text(in: language))
    }
    func disconnected(reason: String) {
        StandardError.print(LocalizedText(zh: "未连接：\(reason)", en: "no connection: \(reason)").text(in: language))
    }
    func subscriptionRefused(filter: String) { StandardError.print("the broker refuses the subscription \(filter)") }
    func millisecondsUntilDeadline() -> Int { 1000 }
    func deadlinePassed() {}
    func canStore() -> Bool { true }
}
