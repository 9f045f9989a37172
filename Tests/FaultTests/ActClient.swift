import Foundation
import Glibc

/// A client that keeps what it asked and what it was answered, as a worker's phone does.
struct ActClient {
    struct Answer: Equatable, Sendable {
        var status: Int
        var body: String
    }

    struct Kept: Sendable {
        var alert: String
        var key: String
        var verb: String
        var body: String
        /// Nil while nobody answered.
        var answer: Answer?
    }

    let port: UInt16
    let token: String
    var kept: [Kept] = []

    /// One attempt; nil where the connection ended without a whole answer.
    func attempt(_ ask: Kept) -> Answer? {
        let head = """
            POST /api/v1/alerts/\(ask.alert)/\(ask.verb) HTTP/1.1\r
            Host: 127.0.0.1\r
            Authorization: Bearer \(token)\r
            Content-Type: application/json\r
            Content-Length: \(ask.body.utf8.count)\r
            Connection: close\r
            \r

            """
        return exchange(head + ask.body)
    }

    func get(_ path: String) -> Answer? {
        exchange(
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n")
    }

    private func exchange(_ request: String) -> Answer? {
        let connection = Loopback.socket()
        defer { close(connection) }
        Loopback.setTimeout(connection, seconds: 5)
        guard unsafe Loopback.with(port, { unsafe connect(connection, $0, $1) }) == 0,
            Loopback.send(connection, request)
        else { return nil }
        var rest: [UInt8] = []
        guard let answer = HTTPText.readMessage(connection, &rest), let line = answer.head.first,
            let status = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return Answer(status: status, body: String(decoding: answer.body, as: UTF8.self))
    }
}
