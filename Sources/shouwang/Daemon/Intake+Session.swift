import Logging
import MQTTIntake
import SiteConfiguration
import Timekeeping

/// The broker's session as the intake sees it: what of it becomes a record, and whether it can be trusted.
extension Intake {
    func connected(sessionPresent: Bool) {
        log.info("connected to the broker", metadata: ["session": sessionPresent ? "resumed" : "new"])
        own("session", "{\"state\":\"connected\",\"present\":\(sessionPresent)}")
        // Until the broker has granted every filter nothing is known of a session that was made anew.
        if !sessionPresent { SubscriptionMark(store: settings.store.path).clear() }
        probe.connected(SystemClock.boot)
        shared.connected(true)
    }

    func subscribed() {
        let mark = SubscriptionMark(store: settings.store.path)
        if !mark.set(Daemon.filters(settings), qos: settings.mqtt.qos) {
            log.warning("the subscriptions cannot be noted in the store")
        }
        // A probe that was sent before its subscription stood does not come back.
        probe.connected(SystemClock.boot)
        watchProbe()
    }

    func disconnected(reason: String) {
        log.warning("no connection to the broker: \(reason)")
        let heard = probe.heardAt
        probe.disconnected()
        guard shared.connected(false) else { return }
        own("session", "{\"state\":\"lost\"\(since(heard))}")
    }

    func subscriptionRefused(filter: String) {
        log.error("the broker refuses the subscription \(filter); nothing of it will arrive: check the broker's ACL")
    }

    /// When something was last known to come through: from then on the box may have been blind.
    private func since(_ heard: Int64) -> String {
        let ago = Milliseconds(SystemClock.boot - heard)
        return ",\"since\":\"\(ISO8601.write(clock.now - ago, in: .utc))\""
    }

    func probeReturned(_ text: String) {
        guard probe.returned(text, SystemClock.boot) == .settled else { return }
        log.info("settled: the broker has handed over what it kept")
        own("session", "{\"state\":\"settled\"}")
    }

    /// Sends a probe that is due, and breaks a connection off over which none comes back.
    func watchProbe() {
        let now = SystemClock.boot
        if probe.isBlind(now) {
            log.error("nothing has come through the connection for 90 s; it is made anew")
            return parts.restart()
        }
        guard probe.isDue(now) else { return }
        let text = "\(SystemClock.wall)-\(now)"
        let isOut = parts.out.post(
            topic: "shouwang/\(settings.site.id)/probe", payload: Array(text.utf8), qos: .atLeastOnce, retain: false)
        probe.sent(text, isOut: isOut, now)
    }
}
