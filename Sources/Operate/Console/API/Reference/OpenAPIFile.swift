import Cases
import HTTPTypes
import JSONWriting
import Vocabulary

/// The OpenAPI 3.1 description, made from the table of operations: what is served, and `docs/openapi.json`.
package enum OpenAPIFile {
    package static let text: String =
        JSONWriter.text { file in
            file.text("openapi", "3.1.0")
            file.object("info") { info in
                info.text("title", "Shouwang")
                info.text("version", ProgramVersion.current)
                info.text("description", "Alerts, cases and what belongs to them. Errors are RFC 9457 problem JSON.")
            }
            file.list("servers", [API.root]) { list, url in list.element { $0.text("url", url) } }
            file.object("paths") { paths in
                for path in OpenAPIFile.paths {
                    paths.object(path) { item in
                        for operation in API.operations where operation.path == path {
                            item.object(operation.method.rawValue.lowercased()) { write(operation, to: &$0) }
                        }
                    }
                }
            }
            file.object("components") { components in
                components.object("securitySchemes") { schemes in
                    schemes.object("token") { scheme in
                        scheme.text("type", "http")
                        scheme.text("scheme", "bearer")
                    }
                }
                components.object("schemas") { schemas in
                    for (name, schema) in Schemas.all { schemas.raw(name, schema) }
                }
            }
        } + "\n"

    /// In the order of the table.
    private static var paths: [String] {
        var seen: Set<String> = []
        return API.operations.map(\.path).filter { seen.insert($0).inserted }
    }

    private static func write(_ operation: Operation, to object: inout JSONWriter) {
        object.text("operationId", operation.id)
        object.text("summary", operation.summary)
        object.texts("x-roles", Role.allCases.filter { operation.roles.contains($0) }.map(\.rawValue))
        object.list("security", operation.roles.isEmpty ? [] : ["token"]) { list, name in
            list.element { $0.raw(name, "[]") }
        }
        object.list("parameters", operation.parameters) { list, field in
            list.element { parameter in
                parameter.text("name", field.name)
                let isPath = operation.pathNames.contains(field.name)
                parameter.text("in", isPath ? "path" : "query")
                parameter.truth("required", field.isNeeded)
                parameter.text("description", field.help)
                if !isPath {
                    parameter.text("style", "form")
                    parameter.truth("explode", false)
                }
                parameter.raw("schema", field.form.schema)
                if !field.example.isEmpty { parameter.raw("example", example(field)) }
            }
        }
        write(operation.body, to: &object)
        object.object("responses") { responses in
            for status in operation.statuses {
                responses.object(String(status)) { write(status, of: operation, to: &$0) }
            }
        }
    }

    private static func write(_ body: Operation.Body, to object: inout JSONWriter) {
        switch body {
        case .none: break
        case .fields(let fields, let oneOf):
            object.object("requestBody") { request in
                request.truth("required", true)
                request.object("content") { content in
                    content.object("application/json") { media in
                        media.object("schema") { write(fields, oneOf: oneOf, to: &$0) }
                        media.raw("example", exampleBody(fields, oneOf: oneOf))
                    }
                }
            }
        case .photo:
            object.object("requestBody") { request in
                request.truth("required", true)
                request.object("content") { content in
                    for kind in PhotoKind.allCases {
                        content.object(kind.rawValue) { $0.raw("schema", "{}") }
                    }
                }
            }
        }
    }

    private static func write(_ fields: [Field], oneOf: [String], to schema: inout JSONWriter) {
        schema.text("type", "object")
        schema.object("properties") { properties in
            for field in fields { properties.raw(field.name, field.form.schema) }
        }
        schema.texts("required", fields.filter(\.isNeeded).map(\.name))
        if !oneOf.isEmpty {
            schema.list("anyOf", oneOf) { list, name in list.element { $0.texts("required", [name]) } }
        }
        schema.truth("additionalProperties", false)
    }

    /// What is needed, and the first of what may be.
    static func exampleBody(_ fields: [Field], oneOf: [String]) -> String {
        let shown = fields.filter { $0.isNeeded || $0.name == oneOf.first }
        return JSONWriter.text { object in
            for field in shown { object.raw(field.name, field.example) }
        }
    }

    private static func example(_ field: Field) -> String {
        switch field.form {
        case .integer: field.example
        case .choices, .names: "[" + ValueForm.parts(field.example).map(JSONString.quoted).joined(separator: ",") + "]"
        default: JSONString.quoted(field.example)
        }
    }

    private static func write(_ status: Int, of operation: Operation, to object: inout JSONWriter) {
        object.text("description", words(status))
        object.object("content") { content in
            guard status == 200 else {
                content.object("application/problem+json") { $0.raw("schema", Schemas.reference("Problem")) }
                return
            }
            switch operation.result {
            case .json(let name): content.object("application/json") { $0.raw("schema", Schemas.reference(name)) }
            case .sheet: content.object("text/csv") { $0.raw("schema", #"{"type":"string"}"#) }
            case .stream: content.object("text/event-stream") { $0.raw("schema", #"{"type":"string"}"#) }
            case .photo:
                for kind in PhotoKind.allCases { content.object(kind.rawValue) { $0.raw("schema", "{}") } }
            }
        }
    }

    private static func words(_ status: Int) -> String {
        switch status {
        case 200: "What was asked for."
        case 400: "A parameter or field is wrong; `field` names it."
        case 401: "No token, or none that is valid."
        case 403: "The role may not do this."
        case 404: "There is no such thing, or it is another grid's."
        case 408: "The body came too slowly."
        case 409: "Not legal now: `state` and `allowed` say what is; `code` says why."
        case 413: "Too large."
        case 415: "Of another type."
        case 429: "Too many; `Retry-After` says when to ask again."
        default: "Nothing can be stored or read now; `Retry-After` says when to ask again."
        }
    }
}
