import Diagnostics
import Feeds
import Logging
import MQTTIntake
import SiteConfiguration
import Timekeeping
import Vocabulary

/// The broker's session as the intake sees it: what of it becomes a record, and whether it can be trusted.
extension Intake {
    func connected(sessionPresent: Bool) {
        log.info("connected to the broker", metadata: ["session": sessionPresent ? "resumed" : "new"])
        record(.sessionConnected(present: sessionPresent))
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
        probe.subscribed(SystemClock.boot)
        watchProbe()
    }

    func disconnected(reason: String) {
        log.warning("no connection to the broker: \(reason)")
        let heard = probe.heardAt
        probe.disconnected()
        guard shared.connected(false) else { return }
        record(.sessionLost(since: since(heard)))
    }

    // MARK: Filters and the client id

    func subscriptionRefused(filter: String) {
        let user = settings.mqtt.username ?? "anonymous"
        let what = LocalizedText(
            zh: "代理服务器拒绝订阅 \(filter),其中的消息都收不到。请在代理服务器的 ACL 中允许用户 \(user) 读取"
                + "(mosquitto:topic read \(filter))。",
            en:
                "the broker refuses the subscription \(filter): nothing of it arrives. Let the user \(user) read it "
                + "in the broker's ACL (mosquitto: topic read \(filter)).")
        raise(.feed, name: filter, .high, what)
    }

    func subscriptionGranted(filter: String) { parts.faults.clear(.feed, name: filter) }

    func clientIDContested() { tellContest(settings.mqtt.clientID) }

    /// - Parameter name: which of the two clients, as ``Contest`` names them.
    private func tellContest(_ id: String, name: String = "") {
        let what = LocalizedText(
            zh: "与代理服务器的连接一再刚建立就断开:可能另有程序使用同一客户端编号 \(id),消息会有一部分收不到。"
                + "请停掉另一台守望主机,或给其中一台换一个 mqtt.client_id。",
            en:
                "the connection to the broker is lost again and again: another client may use this client id, \(id), "
                + "and takes part of the messages. Stop the other box or program, or give one of the two another "
                + "mqtt.client_id.")
        raise(.session, name: name, .high, what)
    }

    /// Raises a box fault, and logs it where it does not stand already: what repeats every minute is one line.
    private func raise(_ part: BoxFaults.Part, name: String = "", _ severity: Severity, _ what: LocalizedText) {
        if !parts.faults.stands(part, name: name) { log.error("\(what.en)") }
        parts.faults.raise(part, name: name, severity, what)
    }

    private func watchClientID(_ now: Int64) {
        if parts.out.takeContest() { tellContest(settings.mqtt.outClientID, name: Contest.out) }
        Contest.end(
            parts.faults, now, intakeSince: shared.view.isConnected ? probe.connectedAt : nil,
            outSince: parts.out.connectedSince)
    }

    // MARK: The probe and the feeds

    /// When something was last known to come through: from then on the box may have been blind.
    private func since(_ heard: Int64) -> Instant {
        let ago = Milliseconds(SystemClock.boot - heard)
        return clock.now - ago
    }

    func probeReturned(_ text: String) {
        let wasFailing = probe.isFailing
        let news = probe.returned(text, SystemClock.boot)
        if wasFailing, news != .foreign {
            log.notice("the probe comes back again")
            parts.faults.clear(.probe)
        }
        guard news == .settled else { return }
        log.info("settled: the broker has handed over what it kept")
        record(.sessionSettled)
    }

    /// Sends a probe that is due, and breaks a connection off over which nothing comes.
    func watchProbe() {
        let now = SystemClock.boot
        while let verdict = probe.verdict(now) { act(on: verdict) }
        watchClientID(now)
        guard probe.isDue(now) else { return }
        let text = "\(SystemClock.wall)-\(now)"
        let isOut = parts.out.post(
            topic: "shouwang/\(settings.site.id)/probe", payload: Array(text.utf8), qos: .atLeastOnce, retain: false)
        probe.sent(text, isOut: isOut, now)
    }

    private func act(on verdict: ProbeWatch.Verdict) {
        switch verdict {
        case .blind:
            log.error("nothing has come through the connection for 90 s, neither the probe nor a feed; it is made anew")
            parts.restart()
        case .unsettled:
            log.warning("the probe has not come back for 60 s; what the broker kept is no longer waited for")
            record(.sessionSettled)
        case .probeFails(let anew):
            let what = probeFault
            raise(.probe, .medium, what)
            guard anew else { return }
            log.notice("the probe did come back on this connection before; it is made anew once")
            parts.restart()
        }
    }

    private var probeFault: LocalizedText {
        let topic = "shouwang/\(settings.site.id)/probe"
        let user = settings.mqtt.username ?? "anonymous"
        return LocalizedText(
            zh: "探测消息 \(topic) 发出后收不回来,而数据源的消息照常到达:值守照常,但断线要靠消息本身才能发现。"
                + "请在代理服务器的 ACL 中给用户 \(user) 加一行:topic readwrite shouwang/#",
            en:
                "the probe \(topic) does not come back while messages of the feeds do: the watch goes on, but a "
                + "dead line shows by the messages alone. Add a line for the user \(user) to the broker's ACL: "
                + "topic readwrite shouwang/#")
    }

    /// Looks, every ten minutes, which feeds bring nothing while others do.
    func watchFeeds() {
        for news in feeds.look(SystemClock.boot, isConnected: shared.view.isConnected) {
            switch news {
            case .heard(let topic):
                let name = FeedWatch.silence(of: topic)
                guard parts.faults.stands(.feed, name: name) else { continue }
                log.notice("the feed brings something again", metadata: ["topic": "\(topic)"])
                parts.faults.clear(.feed, name: name)
            case .silent(let topic):
                let what = LocalizedText(
                    zh: "数据源 \(topic) 24 小时没有任何消息,而别的数据源有。请核对主题是否写对、设备或网关是否在线、"
                        + "代理服务器的 ACL 是否允许读取。",
                    en: "the feed \(topic) has brought nothing for 24 h while others have. Check that its topic is "
                        + "right, that its devices or bridge are up, and that the broker's ACL lets it be read.")
                raise(.feed, name: FeedWatch.silence(of: topic), .medium, what)
            }
        }
    }
}
