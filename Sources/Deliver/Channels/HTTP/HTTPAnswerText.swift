import Foundation

/// What an answer means that is no success, for who has to mend it: cause and remedy, then the answer itself.
package enum HTTPAnswerText {
    package static func text(of answer: ChannelAnswer, status: Int, body: [UInt8]) -> String {
        let said =
            isPage(answer, body)
            ? "the answer is a web page" + (title(of: body).map { " (\($0))" } ?? "")
                + ": a captive portal's or a gateway's, as a rule"
            : ChannelAnswer.excerpt(body)
        return "HTTP \(status): \(meaning(status, answer)); \(said)"
    }

    private static func meaning(_ status: Int, _ answer: ChannelAnswer) -> String {
        switch status {
        case 200...299: "the address answers, and not as the platform does; log in if a captive portal asks for it"
        case 300...399:
            "it sends on to \(target(answer)), and redirects are not followed; log in if that is a captive portal, or "
                + "correct the channel's address if the receiver has moved"
        case 400: "the receiver does not understand the message; see its log"
        case 401: "the receiver wants a login; check the channel's secret, key or token"
        case 403: "the receiver forbids it; check the key, and whether it lets this machine's address in"
        case 404: "there is nothing at this address; check the path of the channel's address, and that it is deployed"
        case 405: "the address takes no POST; check the channel's address"
        case 407, 511: "a proxy or captive portal between wants a login; log in there, or let this machine pass it"
        case 408: "the receiver waited too long for the message; check the network"
        case 410: "the address is no longer used; ask the receiver's owner for the new one"
        case 413: "the message is too long for the receiver; raise its limit (nginx: client_max_body_size)"
        case 415, 422: "the receiver refuses the form of the message; see its log"
        case 425: "the receiver does not want it yet"
        case 429: "too many messages for the receiver; it is left alone for as long as it asks"
        case 500: "the receiver has a fault of its own; see its log"
        case 502, 504: "a gateway does not reach the receiver behind it; see that it runs"
        case 503: "the receiver is not available just now; see that it runs"
        case 501...599: "the receiver has a fault of its own; see its log"
        default: "the receiver does not take it; see its log"
        }
    }

    /// The host that a redirect names; never its path, which may hold a token.
    private static func target(_ answer: ChannelAnswer) -> String {
        guard let location = answer.header("Location"), !location.isEmpty else { return "nowhere" }
        guard let parts = URLComponents(string: location), let host = parts.host, !host.isEmpty else {
            return "another path of its own"
        }
        return host + (parts.port.map { ":\($0)" } ?? "")
    }

    private static func isPage(_ answer: ChannelAnswer, _ body: [UInt8]) -> Bool {
        if answer.header("Content-Type")?.lowercased().contains("html") == true { return true }
        let head = String(decoding: body.prefix(256), as: UTF8.self).lowercased().drop { $0.isWhitespace }
        return head.hasPrefix("<!doctype html") || head.hasPrefix("<html") || head.hasPrefix("<head")
    }

    private static func title(of body: [UInt8]) -> String? {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        guard let begin = text.firstRange(of: "<title>"), let end = text[begin.upperBound...].firstRange(of: "</title>")
        else { return nil }
        let title = text[begin.upperBound..<end.lowerBound].split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return title.isEmpty ? nil : String(title.prefix(80))
    }
}
