package import Ledger
package import Timekeeping

/// What one kind of channel knows: how a delivery becomes a request, and what an answer means. A pure value: no clock,
/// no socket. One file a kind; the one shell around them all is ``OutboxSender``.
package protocol Channel: Sendable {
    /// The same delivery gives the same request, but for the mark of a repeat.
    func request(for delivery: Delivery) -> ChannelRequest
    /// - Parameter now: for answers that name a moment (`Retry-After` as a date, "the next minute").
    func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome
}

package struct HeaderField: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

package enum ChannelRequest: Equatable, Sendable {
    case http(method: String, url: ChannelURL, headers: [HeaderField], body: [UInt8])
    case mqtt(topic: String, payload: [UInt8], qos: Int, retain: Bool)

    func answer(
        over port: HTTPPort, _ terms: HTTPTerms, _ publish: OutboxSender.Publish
    ) async -> ChannelAnswer {
        switch self {
        case .http(let method, let url, let headers, let body):
            await port.answer(HTTPPort.Request(method: method, url: url, headers: headers, body: body), terms)
        case .mqtt(let topic, let payload, let qos, let retain):
            await publish(topic, payload, qos, retain)
        }
    }
}

/// What came back. Reasons are words of this program, without addresses and secrets.
package enum ChannelAnswer: Equatable, Sendable {
    /// `body` is cut at ``OutboxSender/answerBytesMax``.
    case http(status: Int, headers: [HeaderField], body: [UInt8])
    /// MQTT: the broker has it.
    case acknowledged
    /// MQTT: the broker will never take it.
    case refused(reason: String)
    /// The request never left: no address, no connection.
    case unreachable(reason: String)
    /// The request may have left, and nobody knows whether it arrived.
    case unanswered(reason: String)
}

/// What an answer means. `answer` and reasons are kept in the ledger for people.
package enum Outcome: Equatable, Sendable {
    case sent(answer: String)
    case transient(Setback)
    case permanent(reason: String)
}

/// A failure that may pass.
package struct Setback: Equatable, Sendable {
    package var reason: String
    /// The platform said how long to leave it alone: holds the whole channel, not this delivery alone.
    package var retryAfter: Milliseconds?
    /// The recipient may have it although nobody said so: the next attempt is marked as a repeat.
    package var mayHaveArrived: Bool
    /// Attempts after which it is given up before its deadline; nil for none. For answers that no retry explains.
    package var attemptsMax: Int?

    package init(
        _ reason: String, retryAfter: Milliseconds? = nil, mayHaveArrived: Bool = false, attemptsMax: Int? = nil
    ) {
        self.reason = reason
        self.retryAfter = retryAfter
        self.mayHaveArrived = mayHaveArrived
        self.attemptsMax = attemptsMax
    }
}

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
    func scrubbed(_ text: String) -> String {
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

extension ChannelAnswer {
    /// The first of the headers with that name, whatever its case.
    func header(_ name: String) -> String? {
        guard case .http(_, let headers, _) = self else { return nil }
        return headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Whether somebody else may have answered than the receiver itself: a captive portal, a gateway, a server that is
    /// being deployed anew. Such an answer says nothing of the message, and it passes.
    var mayBeSomebodyElses: Bool {
        guard case .http(let status, _, _) = self else { return false }
        return (300...399).contains(status) || [401, 403, 404, 405, 407, 410, 421, 451].contains(status)
    }

    /// The beginning of a body as text. Far more than is kept: secrets are taken out before it is cut.
    static func excerpt(_ body: [UInt8]) -> String {
        body.isEmpty ? "empty body" : String(decoding: body.prefix(4096), as: UTF8.self)
    }

    /// What holds for every channel when there was no answer to read; nil for an HTTP answer.
    var outcomeWithoutAnswer: Outcome? {
        switch self {
        case .http: nil
        case .acknowledged: .sent(answer: "acknowledged")
        case .refused(let reason): .permanent(reason: reason)
        case .unreachable(let reason): .transient(Setback(reason))
        case .unanswered(let reason): .transient(Setback(reason, mayHaveArrived: true))
        }
    }
}
