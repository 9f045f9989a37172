package import Cases
import HTTPTypes

/// `docs/api.md`, made from the table of operations. Each curl line is run in the tests.
package enum APIReference {
    package static var text: String {
        var lines = head
        for operation in API.operations { lines += section(operation) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The curl line of each operation, by its id.
    package static var curls: [(id: String, line: String)] { API.operations.map { ($0.id, curl($0)) } }

    /// Which roles may ask what, by the operation's id; none: whoever asks.
    package static var roles: [(id: String, roles: Set<Role>)] { API.operations.map { ($0.id, $0.roles) } }

    private static let head = [
        "# The HTTP API", "",
        "Made from the same table as the server's router and [openapi.json](openapi.json), which is also served",
        "at `/api/v1/openapi.json`. The tests hold all three together, and run each curl line below against a",
        "real server.",
        "",
        "`$URL` is where the console listens, as `http://127.0.0.1:8420`; `$TOKEN` is a token that `shouwang",
        "token add` printed. Every answer is JSON; every error is RFC 9457 problem JSON with a stable `code`. GET",
        "changes nothing. An unknown parameter or field is an error that names it. Lists end with `next`: the",
        "`cursor` of the next page.",
        "",
        "Acts carry a `key` that whoever sends them makes up: the same key of the same person gives the same",
        "answer, to the byte, and no second act. An act is answered when it is durable and committed.",
        "",
        "| status | code | means |", "|---|---|---|",
        "| 400 | `bad_field`, `bad_query`, `bad_body` | `field` names what is wrong |",
        "| 401 | `unauthorized` | no token, or one that is unknown, expired or revoked: which, is not said |",
        "| 403 | `forbidden` | the role, or the grid, may not do this |",
        "| 404 | `not_found` | there is no such thing, or it is another grid's |",
        "| 405 | `bad_method` | `Allow` says which methods the path has |",
        "| 409 | `not_legal`, `resolved`, `repeated`, `key_reused`, `too_old`, `into_nothing`, `not_dead`, "
            + "`too_many_photos`, `too_many_tokens` | with `state` and `allowed` |",
        "| 408, 413, 415, 431 | `too_slow`, `too_large`, `bad_type`, `headers_too_large` | the body or the headers |",
        "| 429, 503 | `too_many`, `unavailable` | `Retry-After` says when to ask again, with the same key |", "",
        "Roles: `viewer` reads, names masked; `worker` acts in their own grids; `manager` does everything about cases,",
        "and sees names; `admin` also tokens; `auditor` sees audit and status alone.", "",
    ]

    private static func section(_ operation: Operation) -> [String] {
        var lines = ["## \(operation.method.rawValue) \(operation.path)", "", operation.summary, ""]
        let roles = Role.allCases.filter { operation.roles.contains($0) }.map(\.rawValue)
        lines += ["Who: \(roles.isEmpty ? "whoever asks, without a token" : roles.joined(separator: ", ")).", ""]
        var rows = operation.parameters.map { field in
            (field, operation.pathNames.contains(field.name) ? "path" : "query")
        }
        if case .fields(let fields, let oneOf) = operation.body {
            rows += fields.map { ($0, oneOf.contains($0.name) ? "body, one of these" : "body") }
        }
        if !rows.isEmpty {
            lines += ["| name | in | form | means |", "|---|---|---|---|"]
            lines += rows.map { field, place in
                let needed = field.isNeeded && place != "path" ? ", needed" : ""
                return "| `\(field.name)` | \(place)\(needed) | \(field.form.words) | \(field.help) |"
            }
            lines.append("")
        }
        return lines + ["```sh", curl(operation), "```", ""]
    }

    private static func curl(_ operation: Operation) -> String {
        var path = operation.path
        for field in operation.pathParameters { path = path.replacing("{\(field.name)}", with: field.example) }
        let query = operation.exampleQuery.isEmpty ? "" : "?" + operation.exampleQuery
        var words = ["curl -sS"]
        if operation.result == .stream { words.append("-N -m 2") }
        if operation.method != .get { words.append("-X \(operation.method.rawValue)") }
        if !operation.roles.isEmpty { words.append("-H \"Authorization: Bearer $TOKEN\"") }
        switch operation.body {
        case .none: break
        case .fields(let fields, let oneOf):
            words.append("-H 'Content-Type: application/json'")
            words.append("-d '\(OpenAPIFile.exampleBody(fields, oneOf: oneOf))'")
        case .photo: words.append("-H 'Content-Type: image/jpeg' --data-binary @door.jpg")
        }
        if operation.result == .photo { words.append("-o photo.jpg") }
        words.append("\"$URL\(API.root)\(path)\(query)\"")
        return words.joined(separator: " ")
    }
}
