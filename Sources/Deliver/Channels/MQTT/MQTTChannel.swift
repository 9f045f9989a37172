package import Diagnostics
package import Timekeeping
import Vocabulary

/// `kind: mqtt`: publishes the alert change's JSON under the alert's own topic.
///
/// An acknowledgement is the broker's: somebody may listen or nobody.
package struct MQTTChannel: Channel, Equatable {
    package struct Options: Equatable, Sendable {
        /// `{id}` stands for the alert's id, `{severity}` and `{change}` for theirs: `shouwang/hgs/alerts/{id}`.
        package let topic: String
        /// 0 or 1.
        package let qos: Int
        package let retain: Bool

        /// With the alert's id as the last level.
        package init(topicPrefix: String, qos: Int = 1, retain: Bool = false) throws(UnplacedDiagnostic) {
            try self.init(topic: topicPrefix.isEmpty ? "" : topicPrefix + "/{id}", qos: qos, retain: retain)
        }

        package init(topic: String, qos: Int = 1, retain: Bool = false) throws(UnplacedDiagnostic) {
            // MQTT 3.1.1 §4.7.1-1 and §3.3.2-2: no wildcards in a topic name; §4.7.3-2: no NUL.
            guard !topic.isEmpty, !topic.utf8.contains(where: { [0x23, 0x2B, 0].contains($0) }) else {
                throw UnplacedDiagnostic(
                    code: "config.bad-topic",
                    what: LocalizedText(zh: "主题为空或含有通配符", en: "the topic is empty or holds a wildcard"),
                    remedy: LocalizedText(zh: "写成 shouwang/小区/alerts", en: "write shouwang/SITE/alerts")
                ).at("topic")
            }
            self.topic = topic
            self.qos = min(max(qos, 0), 1)
            self.retain = retain
        }
    }

    package var options: Options

    package init(_ options: Options) { self.options = options }

    package var pace: SendPace { .free }

    package func request(for message: ChannelMessage) -> ChannelRequest {
        .mqtt(
            topic: options.topic.replacing("{id}", with: message.alert)
                .replacing("{severity}", with: message.severity.rawValue)
                .replacing("{change}", with: message.change), payload: Array(message.body.utf8),
            qos: options.qos, retain: options.retain)
    }

    package func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome {
        answer.outcomeWithoutAnswer ?? .permanent(reason: "an HTTP answer to an MQTT message")
    }

    /// It has none: the broker's password is the daemon's own, and no part of an answer.
    package func withoutSecrets(_ text: String) -> String { text }
}
