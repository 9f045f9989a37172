import Crypto
package import Timekeeping
package import Vocabulary

/// `kind: webhook`: POST of the alert change's JSON as it is, signed where there is a secret.
///
/// Any 2xx is success, whatever the body. Redirects are not followed: a receiver that moved is the operator's to
/// correct, and following one could carry people's data to a stranger. Whether an answer that is no success is the last
/// word is the sender's to decide.
package struct WebhookChannel: Channel, Equatable {
    package struct Options: Equatable, Sendable {
        package var url: ChannelURL
        /// Signs the body; nil for an unsigned webhook.
        package var secret: Secret?

        package init(url: ChannelURL, secret: Secret? = nil) {
            self.url = url
            self.secret = secret
        }
    }

    package var options: Options

    package init(_ options: Options) { self.options = options }

    package var pace: SendPace { .free }

    package func request(for message: ChannelMessage) -> ChannelRequest {
        let body = Array(message.body.utf8)
        var headers = [
            HeaderField("Content-Type", "application/json"), HeaderField("User-Agent", "shouwang"),
            HeaderField("Idempotency-Key", message.key),
        ]
        if let secret = options.secret {
            headers.append(HeaderField("X-Shouwang-Signature", "sha256=" + Self.signature(of: body, with: secret)))
        }
        return .http(method: "POST", url: options.url, headers: headers, body: body)
    }

    package func outcome(of answer: ChannelAnswer, at now: Instant) -> Outcome {
        guard case .http(let status, _, let body) = answer else {
            return answer.outcomeWithoutAnswer ?? .permanent(reason: "no outcome")
        }
        let reason = HTTPAnswerText.text(of: answer, status: status, body: body)
        switch status {
        case 200...299:
            return .sent(answer: "HTTP \(status)")
        case 408, 425, 429, 500...599:
            let pause = answer.header("Retry-After").flatMap { RetryAfter.read($0, now: now) }
            // 425 and 429 say that it was not looked at; the others leave it open.
            return .transient(
                TransientFailure(reason, retryAfter: pause, mayHaveArrived: status != 425 && status != 429))
        default:
            return .permanent(reason: reason)
        }
    }

    package func withoutSecrets(_ text: String) -> String {
        options.url.scrubbed(from: options.secret?.scrubbed(from: text) ?? text)
    }

    /// Hex HMAC-SHA256 of the body.
    package static func signature(of body: [UInt8], with secret: Secret) -> String {
        let key = SymmetricKey(data: Array(secret.reveal().utf8))
        return Hex.string(HMAC<SHA256>.authenticationCode(for: body, using: key))
    }
}
