import ArgumentParser
import Community
import ConfigReading
import Daemon
import Diagnostics
import Dispatch
import Feeds
import Glibc
import MQTTIntake
import Pipeline
import RecordLog
import SiteConfiguration
import SiteLoading
import Terminal
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
                let nearest = SpellingSuggestion.name(to: place, among: site.registry.places.map(\.id))
                throw ValidationError(
                    "--place: the registry has no place \"\(place)\"" + (nearest.map { "; did you mean \($0)?" } ?? ""))
            }
            only = known
        }
        let broker: BrokerOptions
        do throws(SecretError) { broker = try BrokerOptions(site.settings.mqtt) } catch {
            StandardError.print("mqtt.password: " + error.words.text(in: site.settings.site.language))
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
        StandardError.whenOutputFails { session.stop() }
        ListenCommand.watchReader()
        session.run(
            handler: ListenHandler(plan: plan, settings: site.settings, only: only),
            random: SystemRandomNumberGenerator())
        try StandardError.outputEnd()
    }

    /// Waits, beside all else, for whoever reads standard output to go: what comes next may be hours away.
    private static func watchReader() {
        DispatchQueue(label: "shouwang.reader-gone").async {
            // Asked for nothing, a pipe or socket tells that its other end is gone, and nothing else.
            var one = pollfd(fd: 1, events: 0, revents: 0)
            while unsafe poll(&one, 1, -1) < 0, errno == EINTR {}
            if Int32(one.revents) & (POLLERR | POLLHUP) != 0 { StandardError.outputFailed(EPIPE) }
        }
    }
}
