package import Diagnostics

/// Why there is no connection. Each is tried again after a pause; none ends a session.
package enum ConnectionError: Equatable, Sendable {
    case nameUnknown(host: String)
    case unreachable(address: String, detail: String)
    /// A setting that libmosquitto does not take, a certificate's file as a rule.
    case badSetting(detail: String)
    case tls(TLSError)
    /// The broker's CONNACK refused. The code is MQTT's own: 1…5 in 3.1.1, 128… in 5.
    case refused(code: Int32)
    case noGreeting(seconds: Int64)
    case lost(detail: String)
    /// The same, again and again and soon after the connection stood; see ``ContestWatch``.
    case contested(clientID: String, detail: String)
    /// The broker ended an MQTT 5 connection with this reason.
    case dismissed(code: Int32)
    case silent(seconds: Int64)
    /// The records of a batch could not be stored, so it must not be acknowledged.
    case notStored
    /// The program itself asked for a new connection.
    case restarted
    case stopped

    package var phrase: LocalizedText {
        switch self {
        case .nameUnknown(let host):
            LocalizedText(zh: "找不到主机名 \(host)", en: "the host name \(host) is not known")
        case .unreachable(let address, let detail):
            LocalizedText(
                zh: "连不上 \(address)（\(detail)）；请确认代理服务器在运行，并核对地址、端口和网络",
                en: "\(address) cannot be reached (\(detail)); see that the broker runs, and check address, port and "
                    + "network")
        case .badSetting(let detail):
            LocalizedText(zh: "MQTT 设置不可用：\(detail)", en: "an MQTT setting is unusable: \(detail)")
        case .tls(let fault):
            fault.phrase
        case .refused(let code):
            ConnectionError.refusal(code)
        case .noGreeting(let seconds):
            LocalizedText(zh: "代理服务器 \(seconds) 秒没有应答", en: "the broker did not answer within \(seconds) s")
        case .lost(let detail):
            LocalizedText(zh: "连接断开（\(detail)）", en: "the connection was lost (\(detail))")
        case .contested(let id, let detail):
            LocalizedText(
                zh: "连接一再刚建立就断开（\(detail)）：可能另有程序使用同一客户端编号 \(id)。每个客户端请用不同的 mqtt.client_id;"
                    + "若另一台守望主机还开着，请停掉一台",
                en: "the connection is lost again and again, soon after it stands (\(detail)): another client may use "
                    + "this client id, \(id). Give each client an mqtt.client_id of its own; if an older box still "
                    + "runs, stop one of the two")
        case .dismissed(let code):
            ConnectionError.dismissal(code)
        case .silent(let seconds):
            LocalizedText(zh: "\(seconds) 秒没有收到任何数据，重新连接", en: "nothing came for \(seconds) s, connecting anew")
        case .notStored:
            LocalizedText(
                zh: "消息存不下，已断开，由代理服务器保留", en: "messages cannot be stored; disconnected, so the broker keeps them")
        case .restarted:
            LocalizedText(zh: "按要求重新连接", en: "connecting anew, as asked")
        case .stopped:
            LocalizedText(zh: "已停止", en: "stopped")
        }
    }

    /// MQTT 3.1.1 table 3.1 and MQTT 5 table 3-1. One text for both versions of one meaning.
    private static func refusal(_ code: Int32) -> LocalizedText {
        switch code {
        case 1, 132: LocalizedText(zh: "代理服务器不支持此 MQTT 版本", en: "the broker does not speak this version of MQTT")
        case 2, 133: LocalizedText(zh: "代理服务器拒绝此客户端编号", en: "the broker refuses this client id")
        case 3, 136, 137: LocalizedText(zh: "代理服务器暂不可用", en: "the broker is not available just now")
        case 4, 134: LocalizedText(zh: "用户名或密码错误", en: "the user name or password is wrong")
        case 5, 135:
            LocalizedText(
                zh: "代理服务器不允许登录：用户名或密码错误，或无权限",
                en: "the broker does not let this client in: wrong user name or password, or no permission")
        case 138: LocalizedText(zh: "客户端已被代理服务器封禁", en: "the broker has banned this client")
        case 151, 159: LocalizedText(zh: "超过代理服务器的连接限额", en: "the broker's limit of connections is reached")
        default: LocalizedText(zh: "代理服务器拒绝连接（代码 \(code)）", en: "the broker refused the connection (code \(code))")
        }
    }

    /// It looks as if another client had the same id.
    var isContest: Bool {
        switch self {
        case .contested, .dismissed(code: 142): true
        default: false
        }
    }

    /// MQTT 5 table 3-13.
    private static func dismissal(_ code: Int32) -> LocalizedText {
        switch code {
        case 142:
            LocalizedText(
                zh: "另一程序用同一客户端编号登录；每个客户端请用不同的 mqtt.client_id",
                en: "another client logged in with the same client id; give each client an mqtt.client_id of its own")
        case 139: LocalizedText(zh: "代理服务器正在关闭", en: "the broker is shutting down")
        case 141: LocalizedText(zh: "代理服务器等心跳超时", en: "the broker waited too long for a ping")
        case 149: LocalizedText(zh: "消息超过代理服务器的大小上限", en: "a message is larger than the broker takes")
        default: LocalizedText(zh: "代理服务器断开连接（代码 \(code)）", en: "the broker ended the connection (code \(code))")
        }
    }
}
