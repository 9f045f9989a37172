import ArgumentParser
import Community
import Diagnostics
import Dispatch
import Feeds
import Glibc
import MQTTIntake
import Pipeline
import RecordLog
import SiteConfiguration
import Timekeeping

struct ListenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Each observation in words as it arrives: the walk test after installing.",
        discussion: """
            Connects beside the daemon with a client id of its own, keeps nothing and acknowledges nothing on its \
            behalf. A line an \
            observation: what the sensor is called, where it is, whose home that is. What the registry does not \
            know, and what is \
            refused, is told as well. Ends with Ctrl-C, or when whoever reads its output goes.

            Example:
              shouwang listen --config /etc/shouwang/shouwang.yaml
              shouwang listen --config shouwang.yaml --place 3栋/2单元/502
            """)

    @Option(help: "The configuration.")
    var config: String

    @Option(help: "Only what comes from this place or inside it.")
    var place: String?

    func run() throws {
        let site = try SiteFiles.require(config: config)
        var only: PlaceID?
        if let place {
            guard let known = site.registry.place(place) else {
                let nearest = Nearest.name(to: place, among: site.registry.places.map(\.id))
                throw ValidationError(
                    "--place: the registry has no place \"\(place)\"" + (nearest.map { "; did you mean \($0)?" } ?? ""))
            }
            only = known
        }
        let broker: BrokerOptions
        do throws(SecretError) { broker = try BrokerOptions(site.settings.mqtt) } catch {
            Talk.say("mqtt.password: " + error.words.text(in: site.settings.site.language))
            throw Exit.configuration
        }
        var options = IntakeSession.Options(
            broker: broker, clientID: "\(site.settings.mqtt.clientID)-listen-\(getpid())",
            filters: site.settings.feeds.flatMap(FeedPlan.subscriptions))
        options.isTransient = true
        let session = IntakeSession(options)
        let plan = FeedPlan(settings: site.settings, registry: site.registry, zones: Pipeline.zones(of: site.settings))
        signal(SIGINT, SIG_IGN)
        let interrupt = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        interrupt.setEventHandler { session.stop() }
        interrupt.resume()
        Talk.whenOutputFails { session.stop() }
        ListenCommand.watchReader()
        session.run(
            handler: ListenHandler(plan: plan, settings: site.settings, only: only),
            random: SystemRandomNumberGenerator())
        try Talk.outputEnd()
    }

    /// Waits, beside all else, for whoever reads standard output to go: what comes next may be hours away.
    private static func watchReader() {
        DispatchQueue(label: "shouwang.reader-gone").async {
            // Asked for nothing, a pipe or socket tells that its other end is gone, and nothing else.
            var one = pollfd(fd: 1, events: 0, revents: 0)
            while unsafe poll(&one, 1, -1) < 0, errno == EINTR {}
            if Int32(one.revents) & (POLLERR | POLLHUP) != 0 { Talk.outputFailed(EPIPE) }
        }
    }
}

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
        let batch = decoder.decode(Piece(text: text, file: "mqtt"))
        for observation in batch.observations { say(observation, batch) }
        if only == nil {
            for refusal in batch.refusals {
                Talk.write(
                    "\(refusal.topic): \(Phrase(zh: "拒收", en: "refused").text(in: language)) \(refusal.code): "
                        + "\(refusal.detail)\n",
                    to: 1)
            }
        }
        return true
    }

    private func say(_ observation: Observation, _ batch: DecodedBatch) {
        let device = observation.device.known.map { registry.devices[Int($0)] }
        if let only, !isInside(device?.place, only) { return }
        Talk.write(words.text(of: observation, batch) + "\n", to: 1)
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
        Talk.say(Phrase(zh: "已连接,按 Ctrl-C 结束", en: "connected; Ctrl-C ends").text(in: language))
    }
    func disconnected(reason: String) {
        Talk.say(Phrase(zh: "未连接:\(reason)", en: "no connection: \(reason)").text(in: language))
    }
    func subscriptionRefused(filter: String) { Talk.say("the broker refuses the subscription \(filter)") }
    func millisecondsUntilDeadline() -> Int { 1000 }
    func deadlinePassed() {}
    func canStore() -> Bool { true }
}
