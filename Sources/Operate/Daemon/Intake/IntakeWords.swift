import Diagnostics
import SiteConfiguration
import Vocabulary

/// What the intake's faults are called in ``BoxFaults``, and in what words people are told of them.
struct IntakeWords {
    struct Named {
        var part: BoxFaults.Part
        /// Which of several of its kind.
        var name = ""
        var severity: Severity
        var what: LocalizedText
    }

    private let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    private var user: String { settings.mqtt.username ?? "anonymous" }

    func named(_ fault: IntakeAction.Fault) -> Named {
        switch fault {
        case .filterRefused(let filter):
            Named(part: .feed, name: filter, severity: .high, what: refused(filter))
        case .feedSilent(let topic):
            Named(part: .feed, name: FeedWatch.silence(of: topic), severity: .medium, what: silent(topic))
        case .contested(let isOut):
            Named(
                part: .session, name: isOut ? Contest.out : "", severity: .high,
                what: contested(isOut ? settings.mqtt.outClientID : settings.mqtt.clientID))
        case .probeFails:
            Named(part: .probe, severity: .medium, what: probeFails)
        }
    }

    private func refused(_ filter: String) -> LocalizedText {
        LocalizedText(
            zh: "代理服务器拒绝订阅 \(filter)，其中的消息都收不到。请在代理服务器的 ACL 中允许用户 \(user) 读取"
                + "(mosquitto:topic read \(filter))。",
            en:
                "the broker refuses the subscription \(filter): nothing of it arrives. Let the user \(user) read it "
                + "in the broker's ACL (mosquitto: topic read \(filter)).")
    }

    private func silent(_ topic: String) -> LocalizedText {
        LocalizedText(
            zh: "数据源 \(topic) 24 小时没有任何消息，而别的数据源有。请核对主题是否写对、设备或网关是否在线、"
                + "代理服务器的 ACL 是否允许读取。",
            en: "the feed \(topic) has brought nothing for 24 h while others have. Check that its topic is "
                + "right, that its devices or bridge are up, and that the broker's ACL lets it be read.")
    }

    private func contested(_ id: String) -> LocalizedText {
        LocalizedText(
            zh: "与代理服务器的连接一再刚建立就断开：可能另有程序使用同一客户端编号 \(id)，消息会有一部分收不到。"
                + "请停掉另一台守望主机，或给其中一台换一个 mqtt.client_id。",
            en:
                "the connection to the broker is lost again and again: another client may use this client id, \(id), "
                + "and takes part of the messages. Stop the other box or program, or give one of the two another "
                + "mqtt.client_id.")
    }

    private var probeFails: LocalizedText {
        let topic = "shouwang/\(settings.site.id)/probe"
        return LocalizedText(
            zh: "探测消息 \(topic) 发出后收不回来，而数据源的消息照常到达：值守照常，但断线要靠消息本身才能发现。"
                + "请在代理服务器的 ACL 中给用户 \(user) 加一行：topic readwrite shouwang/#",
            en:
                "the probe \(topic) does not come back while messages of the feeds do: the watch goes on, but a "
                + "dead line shows by the messages alone. Add a line for the user \(user) to the broker's ACL: "
                + "topic readwrite shouwang/#")
    }
}
