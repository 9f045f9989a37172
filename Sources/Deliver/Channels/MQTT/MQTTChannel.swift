import Diagnostics
package import Ledger
package import Timekeeping

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
        package init(topicPrefix: String, qos: Int = 1, retain: Bool = false) throws(ChannelFault) {
            try self.init(topic: topicPrefix.isEmpty ? "" : topicPrefix + "/{id}", qos: qos, retain: retain)
        }

        package init(topic: String, qos: Int = 1, retain: Bool = false) throws(ChannelFault) {
            // MQTT 3.1.1 §4.7.1-1 and §3.3.2-2: no wildcards in a topic name; §4.7.3-2: no NUL.
            guard !topic.isEmpty, !topic.utf8.contains(where: { [0x23, 0x2B, 0].contains($0) }) else {
                throw ChannelFault(
                    option: "topic",
                    what: LocalizedText(zh: "主题为空或含有通配符", en: "the topic is empty or holds a wildcard"),
                    remedy: LocalizedText(zh: "写成 shouwang/小区/alerts", en: "write shouwang/SITE/alerts"))
            }
            self.topic = topic
            self.qos = min(max(qos, 0), 1)
            self.retain = retain
        }
    }

    package var options: Options

    package init(_ options: Options) { self.options = options }

    package func request(for delivery: Delivery) -> ChannelRequest {
        .mqtt(
            topic: options.topic.replacing("{id}", with: delivery.entry.alert)
                .replacing("{severity}", with: delivery.entry.severity)
                .replacing("{change}", with: delivery.entry.change), payload: Array(delivery.entry.body.utf8),
            qos: options.qos, retain: options.retain)
    }

    package func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome {
        answer.outcomeWithoutAnswer ?? .permanent(reason: "an HTTP answer to an MQTT message")
    }
}
