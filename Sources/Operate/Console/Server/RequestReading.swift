import HTTPTypes
import Hummingbird
import NIOCore

/// Holds what is sent against an operation's form: each way in which it can be wrong is a ``Problem`` that names the
/// parameter or field.
enum RequestReading {
    /// The values of path and query, by name.
    static func values(
        _ operation: Operation, _ request: Request, _ context: ConsoleContext
    ) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for field in operation.pathParameters {
            let raw = context.parameters.get(field.name) ?? ""
            guard let value = PercentText.decoded(raw), field.form.takes(value) else {
                throw .badField(field.name, field.form.words + " is needed")
            }
            values[field.name] = value
        }
        guard let pairs = PercentText.pairs(request.uri.query ?? "") else {
            throw Problem(400, "bad_query", "the query cannot be read", "an escape with % is broken, or it is no UTF-8")
        }
        let known = operation.queryParameters
        for (name, value) in pairs {
            guard let field = known.first(where: { $0.name == name }) else {
                throw .badField(name, "there is no such parameter here")
            }
            guard values[name] == nil else { throw .badField(name, "it stands twice") }
            guard field.form.takes(value) else { throw .badField(name, field.form.words + " is needed") }
            values[name] = value
        }
        for field in known where field.isNeeded && values[field.name] == nil {
            throw .badField(field.name, "it is needed")
        }
        return values
    }

    /// The body's bytes, up to what the operation takes.
    static func body(_ operation: Operation, _ request: Request) async throws(Problem) -> [UInt8] {
        let most: Int
        switch operation.body {
        case .none: return []
        case .fields:
            let type = request.headers[.contentType]?.lowercased().prefix { $0 != ";" } ?? ""
            guard type.filter({ !$0.isWhitespace }) == "application/json" else {
                throw Problem(415, "bad_type", "of another type", "send a JSON object as application/json")
            }
            most = API.formMax
        case .photo: most = API.photoMax
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > most { throw .tooLarge(most) }
        do {
            return try await collected(request.body, most: most, within: API.patience(operation.body))
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .badBody("it ended too early")
        }
    }

    /// All of a body; one that trickles in would hold its connection from others.
    private static func collected(_ body: RequestBody, most: Int, within patience: Duration) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                for try await part in body {
                    guard bytes.count + part.readableBytes <= most else { throw Problem.tooLarge(most) }
                    bytes.append(contentsOf: part.readableBytesView)
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw Problem(408, "too_slow", "too slow", "the body did not come within \(patience)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    /// What a JSON body says; every field of it is one that the operation has, in its form.
    static func fields(_ operation: Operation, _ bytes: [UInt8]) throws(Problem) -> JSONValue {
        guard case .fields(let fields, let oneOf) = operation.body else { return .null }
        let value: JSONValue
        do throws(JSONValue.Problem) {
            value = try JSONValue(bytes)
        } catch {
            throw .badBody("it is no JSON of this API: \(error.what), at byte \(error.at)")
        }
        guard case .object(let members) = value else { throw .badBody("it is \(value.kind); an object is needed") }
        for member in members {
            guard let field = fields.first(where: { $0.name == member.key }) else {
                throw .badField(member.key, "there is no such field here")
            }
            guard field.form.takes(member.value) else { throw .badField(field.name, field.form.words + " is needed") }
        }
        for field in fields where field.isNeeded && value[field.name] == nil {
            throw .badField(field.name, "it is needed: \(field.help)")
        }
        if let first = oneOf.first, !oneOf.contains(where: { value[$0] != nil }) {
            throw .badField(first, "\(oneOf.joined(separator: " or ")) is needed")
        }
        return value
    }
}
