import Channels
import ConfigReading
package import Delivery
package import Diagnostics
package import SiteConfiguration
package import Timekeeping
import Vocabulary

/// Channels of the configuration, with their secrets read, ready to send.
package enum ChannelBuilder {
    /// - Returns: the channels that can be used, and what is wrong with the others; a channel without its secret must
    ///   not keep the daemon from watching.
    package static func channels(of settings: Settings) -> (channels: [ChannelSetting], problems: [LocalizedText]) {
        var channels: [ChannelSetting] = []
        var problems: [LocalizedText] = []
        for channel in settings.channels {
            do {
                var setting = ChannelSetting(name: channel.name, channel: try build(channel.parameters, settings))
                setting.http.authority = try channel.parameters.ca.map { try ChannelAuthority(path: $0.path) }
                setting.http.total = channel.parameters.timeout.map { .milliseconds($0.count) }
                channels.append(setting)
            } catch let error as SecretError {
                problems.append(
                    LocalizedText(zh: "通道 \(channel.name):\(error)", en: "channel \(channel.name): \(error)"))
            } catch let error as ChannelFault {
                problems.append(
                    LocalizedText(
                        zh: "通道 \(channel.name) 的 \(error.option):\(error.what.zh);\(error.remedy.zh)",
                        en: "channel \(channel.name), \(error.option): \(error.what.en); \(error.remedy.en)"))
            } catch {
                problems.append(
                    LocalizedText(zh: "通道 \(channel.name):\(error)", en: "channel \(channel.name): \(error)"))
            }
        }
        return (channels, problems)
    }

    private static func build(_ parameters: ChannelParameters, _ settings: Settings) throws -> BuiltChannel {
        switch parameters {
        case .webhook(let webhook):
            let url = try ChannelURL(
                webhook.baseURL.map { rebased(webhook.url.text, on: $0.text) } ?? webhook.url.text, option: "url")
            let secret = try webhook.secret.map { Secret(try $0.read()) }
            return .webhook(WebhookChannel(WebhookChannel.Options(url: url, secret: secret)))
        case .wecom(let wecom):
            let base = try ChannelURL(wecom.baseURL.text, option: "base_url")
            let key = Secret(try wecom.key.read())
            return .wecom(WeComChannel(WeComChannel.Options(key: key, baseURL: base, mentions: wecom.mention)))
        case .mqtt(let mqtt):
            let topic = mqtt.topic.replacing("{site}", with: settings.site.id)
            return .mqtt(MQTTChannel(try MQTTChannel.Options(topic: topic, retain: mqtt.retain)))
        }
    }

    /// The longest that any channel may take to answer: leases outlast it.
    package static func timeout(of settings: Settings) -> Milliseconds {
        settings.channels.map { $0.parameters.timeout ?? .seconds(10) }.max() ?? .seconds(10)
    }

    /// What is wrong with the files that channels name, for `check`: it costs that channel and not the start.
    package static func fileProblems(of settings: Settings) -> [Diagnostic] {
        settings.channels.compactMap { channel -> Diagnostic? in
            guard let ca = channel.parameters.ca else { return nil }
            do throws(ChannelFault) {
                _ = try ChannelAuthority(path: ca.path)
                return nil
            } catch {
                return Diagnostic(
                    .error, code: "channel.bad-ca", file: ca.position.file, line: ca.position.line,
                    column: ca.position.column,
                    what: LocalizedText(
                        zh: "channels.\(channel.name).ca:\(error.what.zh)",
                        en: "channels.\(channel.name).ca: \(error.what.en)"), remedy: error.remedy)
            }
        }
    }

    /// The path and query of one address behind the scheme, host and port of another.
    private static func rebased(_ address: String, on base: String) -> String {
        let afterScheme = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
        let path = afterScheme.drop { $0 != "/" && $0 != "?" }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + path
    }
}
