package import Ledger
package import Timekeeping
import Vocabulary

/// The kinds that are built.
package enum BuiltChannel: Channel {
    case webhook(WebhookChannel)
    case wecom(WeComChannel)
    case mqtt(MQTTChannel)

    package func request(for delivery: Delivery) -> ChannelRequest {
        switch self {
        case .webhook(let channel): channel.request(for: delivery)
        case .wecom(let channel): channel.request(for: delivery)
        case .mqtt(let channel): channel.request(for: delivery)
        }
    }

    package func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome {
        switch self {
        case .webhook(let channel): channel.outcome(of: answer, at: now)
        case .wecom(let channel): channel.outcome(of: answer, at: now)
        case .mqtt(let channel): channel.outcome(of: answer, at: now)
        }
    }

    /// Makes a text that came from outside fit for the ledger and the log: without this channel's secrets, without
    /// control characters, and only then cut, so that no half of a secret is left at the cut.
    package func scrubbed(_ text: String) -> String {
        let plain = ChatText.withoutControls(text)
        let clean =
            switch self {
            case .webhook(let channel):
                channel.options.url.scrubbed(from: channel.options.secret?.scrubbed(from: plain) ?? plain)
            case .wecom(let channel):
                channel.options.key.scrubbed(from: plain)
                    .replacing(ChannelURL.escaped(channel.options.key.reveal()), with: Secret.mask)
            case .mqtt: plain
            }
        return String(clean.prefix(300))
    }
}
