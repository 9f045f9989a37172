import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension PageBench {
    /// Asks as a browser does, and follows nothing by itself.
    struct Browser: Sendable {
        let client: HTTPClient
        let base: String

        func get(_ token: String, _ headers: [String: String] = [:], method: String = "GET") async throws -> Answer {
            try await ask(method, token, nil, headers)
        }

        func post(
            _ token: String, _ fields: [String: String], _ headers: [String: String] = [:]
        ) async throws -> Answer {
            let allowed = CharacterSet.alphanumerics
            let text = fields.map { name, value in
                name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
            }.joined(separator: "&")
            return try await ask("POST", token, text, headers)
        }

        func ask(_ method: String, _ path: String, _ body: String?, _ headers: [String: String]) async throws -> Answer
        {
            var request = HTTPClientRequest(url: base + "/w/" + path)
            request.method = HTTPMethod(rawValue: method)
            if let body {
                request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
                request.body = .bytes(ByteBuffer(string: body))
            }
            for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
            let response = try await client.execute(request, timeout: .seconds(20))
            let bytes = method == "HEAD" ? ByteBuffer() : try await response.body.collect(upTo: 1 << 20)
            return Answer(
                status: Int(response.status.code),
                headers: Answer.Headers(all: response.headers.map { ($0.name, $0.value) }), body: String(buffer: bytes))
        }
    }
}
