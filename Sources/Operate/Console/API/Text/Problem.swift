import HTTPTypes
import Hummingbird
import JSONWriting

/// What is answered instead of what was asked for: RFC 9457 problem JSON with a stable `code`.
package struct Problem: Error, Sendable {
    package var status: Int
    /// Stable: what programs look at.
    package var code: String
    package var title: String
    package var detail: String
    /// The field or parameter that is wrong.
    package var field: String?
    /// Seconds after which to ask again.
    package var retryAfter: Int?
    /// Of a verb that is not legal: the state, and what is.
    package var state: String?
    package var allowed: [String]?
    /// Of a method that a path does not have: those that it has.
    package var methods: [String] = []

    package init(_ status: Int, _ code: String, _ title: String, _ detail: String) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
    }

    package var body: [UInt8] {
        JSONWriter.object { writer in
            writer.text("type", "about:blank")
            writer.text("title", title)
            writer.number("status", status)
            writer.text("detail", detail)
            writer.text("code", code)
            writer.text("field", ifAny: field)
            writer.text("state", ifAny: state)
            if let allowed { writer.texts("allowed", allowed) }
            if let retryAfter { writer.number("retry_after", retryAfter) }
        }
    }

    var response: Response {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"shouwang\"" }
        if !methods.isEmpty { headers[.allow] = methods.joined(separator: ", ") }
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: .init(bytes: body)))
    }
}

extension Problem {
    static func badField(_ field: String, _ detail: String) -> Problem {
        var problem = Problem(400, "bad_field", "a field is wrong", "\(field): \(detail)")
        problem.field = field
        return problem
    }

    static func badBody(_ detail: String) -> Problem { Problem(400, "bad_body", "the body cannot be read", detail) }

    /// The same for an unknown, an expired and a revoked token.
    static let unauthorized = Problem(
        401, "unauthorized", "no valid token", "send a valid token as Authorization: Bearer TOKEN")

    static func forbidden(_ detail: String) -> Problem { Problem(403, "forbidden", "not allowed", detail) }

    static func notFound(_ what: String) -> Problem {
        Problem(404, "not_found", "not found", "there is no such \(what)")
    }

    static func tooLarge(_ most: Int) -> Problem {
        Problem(413, "too_large", "too large", "at most \(most) bytes are taken")
    }

    static func tooMany(_ detail: String, retryAfter: Int) -> Problem {
        var problem = Problem(429, "too_many", "too many requests", detail)
        problem.retryAfter = retryAfter
        return problem
    }

    static func unavailable(_ detail: String, retryAfter: Int = 5) -> Problem {
        var problem = Problem(503, "unavailable", "not available", detail)
        problem.retryAfter = retryAfter
        return problem
    }
}
