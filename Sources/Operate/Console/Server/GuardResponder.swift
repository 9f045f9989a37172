import HTTPTypes
import Hummingbird
import Logging

/// Stands around everything that the server answers: each error becomes problem JSON, and each response has every
/// header that browsers are to be told.
struct GuardResponder<Inner: HTTPResponder>: HTTPResponder where Inner.Context == ConsoleContext {
    static var headersMax: Int { 16 << 10 }

    let inner: Inner
    let isEncrypted: Bool
    let log: Logger

    func respond(to request: Request, context: ConsoleContext) async throws -> Response {
        var response = await answer(request, context)
        SecurityHeaders.add(to: &response.headers, isEncrypted: isEncrypted)
        return response
    }

    private func answer(_ request: Request, _ context: ConsoleContext) async -> Response {
        let size = request.headers.reduce(request.uri.description.utf8.count) {
            $0 + $1.name.rawName.utf8.count + $1.value.utf8.count
        }
        guard size <= Self.headersMax else {
            return Problem(431, "headers_too_large", "too large", "address and headers are over 16 KB").response
        }
        do {
            let response = try await inner.respond(to: request, context: context)
            // Hummingbird's own errors have a form of their own; pages for people say it in their own words.
            let type = response.headers[.contentType] ?? ""
            guard response.status.code >= 400, type != "application/problem+json", !type.hasPrefix("text/html") else {
                return response
            }
            return problem(response.status.code, request).response
        } catch let problem as Problem {
            return problem.response
        } catch is CancellationError {
            return Problem.unavailable("the server ends").response
        } catch {
            log.error("a request failed", metadata: ["error": "\(type(of: error))", "request": "\(context.id)"])
            return Problem(500, "internal", "a fault of this program", "request \(context.id) is in the log").response
        }
    }

    private func problem(_ status: Int, _ request: Request) -> Problem {
        let methods = API.methods(of: request.uri.path)
        switch status {
        case 404 where !methods.isEmpty:
            var problem = Problem(
                405, "bad_method", "not for this path", "the path takes \(methods.joined(separator: ", "))")
            problem.methods = methods
            return problem
        case 404: return .notFound("path")
        case 413: return .tooLarge(API.formMax)
        case 400..<500: return Problem(status, "bad_request", "the request is wrong", "it cannot be read")
        default: return Problem(status, "internal", "a fault of this program", "it is in the log")
        }
    }
}
