package import ConfigReading
package import Diagnostics

/// `kind: mqtt` as the configuration has it. It publishes over the daemon's own broker.
package struct MQTTChannelSettings: ChannelSettings {
    package static let kind = "mqtt"
    package static let takesChanges = true
    package static let keys = [
        SettingKey("topic", .topic, "shouwang/{site}/alerts/{id}", zh: "主题", en: "topic"),
        SettingKey("retain", .boolean, "false", zh: "保留消息", en: "whether the broker keeps the last"),
    ]
    package static let example = """
        {kind: mqtt, topic: "x/{id}", retain: true}
        """

    /// With `{site}`, and the names of ``MQTTChannel/Options/topic``.
    package var topic: String
    package var retain: Bool

    package init?(_ section: Section) {
        let topic = section.value("topic") { (text) throws(UnplacedDiagnostic) in
            try ScalarReading.publishedTopic(text, names: ScalarReading.topicNames)
        }
        guard let retain = section.boolean("retain"), let topic else { return nil }
        self.topic = topic
        self.retain = retain
    }

    package func channel(in context: ChannelContext) throws(UnplacedDiagnostic) -> any Channel {
        MQTTChannel(try MQTTChannel.Options(topic: topic.replacing("{site}", with: context.site), retain: retain))
    }
}
