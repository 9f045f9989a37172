import Cases
import HTTPTypes
import Hummingbird

/// One thing that can be asked of the console: who may, in what form, and what is answered. The router, the OpenAPI
/// file, docs/api.md and the checks of what is sent are made from these alone.
struct Operation: Sendable {
    /// What is sent behind the headers.
    enum Body: Equatable, Sendable {
        case none
        /// A JSON object of these fields.
        /// - Parameter oneOf: of which at least one is needed; empty: no such rule.
        case fields([Field], oneOf: [String] = [])
        /// A photograph.
        case photo
    }

    /// What is answered with 200.
    enum Result: Equatable, Sendable {
        /// JSON of a schema of ``Schemas``.
        case json(String)
        /// Server-sent events.
        case stream
        case photo
        /// CSV.
        case sheet
    }

    /// Unique; part of the OpenAPI file.
    var id: String
    var method: HTTPRequest.Method
    /// Behind `/api/v1`, with `{name}` for what varies.
    var path: String
    var summary: String
    /// Empty: whoever asks, without a token.
    var roles: Set<Role>
    /// Roles that may not, and are told so by the operation itself, since of another grid they are to hear less.
    var lookers: Set<Role> = []
    var parameters: [Field] = []
    var body = Body.none
    var result: Result
    /// That the state of what it is about does not allow it.
    var mayConflict = false
    /// What stands behind the example's path.
    var exampleQuery = ""
    var answer: @Sendable (Call) async throws(Problem) -> Response

    /// The names of what varies in the path.
    var pathNames: [String] {
        path.split(separator: "/").compactMap { part in
            part.first == "{" ? String(part.dropFirst().dropLast()) : nil
        }
    }

    var pathParameters: [Field] { parameters.filter { pathNames.contains($0.name) } }
    var queryParameters: [Field] { parameters.filter { !pathNames.contains($0.name) } }

    /// The statuses that it answers with.
    var statuses: [Int] {
        var all = [200]
        if !parameters.isEmpty || body != .none { all.append(400) }
        if !roles.isEmpty { all += [401, 403, 429, 503] }
        if !pathNames.isEmpty { all.append(404) }
        if mayConflict { all.append(409) }
        if body != .none { all += [408, 413, 415] }
        return all.sorted()
    }
}
