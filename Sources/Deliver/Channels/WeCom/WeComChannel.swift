// JSONDecoder reads the platform's answer.
import Foundation
import JSONWriting
package import Timekeeping
package import Vocabulary

/// `kind: wecom`: the group robot of WeCom (企业微信 消息推送), as text, since plain WeChat shows no other type.
///
/// Success is in the body: HTTP 200 and `errcode` 0. The key in the address is the whole credential. Limits of the
/// platform: 20 messages a minute a robot (ours: 18), 2,048 bytes of UTF-8 a text (developer.work.weixin.qq.com 99110).
package struct WeComChannel: Channel, Equatable {
    package struct Options: Equatable, Sendable {
        package var baseURL: ChannelURL
        package var key: Secret
        /// User ids to mention, or `@all`.
        package var mentions: [String]

        package init(key: Secret, baseURL: ChannelURL, mentions: [String] = []) {
            self.key = key
            self.baseURL = baseURL
            self.mentions = mentions
        }
    }

    package static let textBytesMax = 2048
    /// An answer that is none of WeCom's is tried this often: about two minutes with the usual backoff, longer than a
    /// gateway's hiccup. (A captive portal lasts longer, and then a person must look at it.)
    package static let unknownAttemptsMax = 8
    package static let repeatMark = "【可能重复】"

    package var options: Options

    package init(_ options: Options) { self.options = options }

    /// One after the other, and below the platform's limit.
    package var pace: SendPace {
        SendPace(parallel: 1, batch: 1, limit: SendPace.Limit(count: 18, window: .minutes(1)))
    }

    package func request(for message: ChannelMessage) -> ChannelRequest {
        let marked = (message.isRepeat ? Self.repeatMark : "") + message.body
        let content = ChatText.cut(marked, bytes: Self.textBytesMax)
        var json = "{\"msgtype\":\"text\",\"text\":{\"content\":" + JSONString.quoted(content)
        if !options.mentions.isEmpty {
            json += ",\"mentioned_list\":[" + options.mentions.map(JSONString.quoted).joined(separator: ",") + "]"
        }
        json += "}}"
        let url = options.baseURL.appending("/cgi-bin/webhook/send?key=" + ChannelURL.escaped(options.key.reveal()))
        let headers = [HeaderField("Content-Type", "application/json"), HeaderField("User-Agent", "shouwang")]
        return .http(method: "POST", url: url, headers: headers, body: Array(json.utf8))
    }

    private struct Answer: Decodable {
        var errcode: Int
        var errmsg: String?
    }

    package func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome {
        guard case .http(let status, _, let body) = answer else {
            return answer.outcomeWithoutAnswer ?? .permanent(reason: "no outcome")
        }
        if status == 429 || (500...599).contains(status) {
            let pause = answer.header("Retry-After").flatMap { RetryAfter.read($0, now: now) }
            let words = HTTPAnswerText.text(of: answer, status: status, body: body)
            return .transient(TransientFailure(words, retryAfter: pause, mayHaveArrived: status != 429))
        }
        let words = HTTPAnswerText.text(of: answer, status: status, body: body)
        let unknown = Outcome.transient(
            TransientFailure(
                "not an answer of WeCom: " + words, mayHaveArrived: status == 200, attemptsMax: Self.unknownAttemptsMax)
        )
        guard status == 200 else { return unknown }
        let said: Answer
        do {
            said = try JSONDecoder().decode(Answer.self, from: Data(body))
        } catch {
            return unknown
        }
        let reason = "errcode \(said.errcode): \(said.errmsg ?? "")"
        switch said.errcode {
        case 0:
            return .sent(answer: "errcode 0")
        case 45009:
            return .transient(TransientFailure(reason, retryAfter: Self.untilNextMinute(now)))
        case -1:
            return .transient(TransientFailure(reason))
        case 93000, 40058, 45002:
            return .permanent(reason: reason)
        default:
            return .transient(TransientFailure(reason, attemptsMax: Self.unknownAttemptsMax))
        }
    }

    package func withoutSecrets(_ text: String) -> String {
        options.key.scrubbed(from: text)
            .replacing(ChannelURL.escaped(options.key.reveal()), with: Secret.mask)
    }

    /// The platform counts by the minute of the clock; 5 s more, since the two clocks differ.
    package static func untilNextMinute(_ now: Instant) -> Milliseconds {
        let inMinute = ((now.milliseconds % 60_000) + 60_000) % 60_000
        return Milliseconds(60_000 - inMinute + 5000)
    }
}
