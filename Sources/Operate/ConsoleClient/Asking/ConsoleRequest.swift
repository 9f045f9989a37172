import Foundation
package import JSONWriting

/// One call of the console's API.
package struct ConsoleRequest: Equatable, Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST", delete = "DELETE" }

    package var method: Method
    /// Behind the address, with its query.
    package var target: String
    package var body: [UInt8]
    /// The body's key: with it a call may be made again where its answer was lost, and is done once all the same.
    package var key: String?

    /// A call that changes nothing.
    /// - Parameters:
    ///   - path: its parts, each as people write it.
    ///   - query: in this order.
    package static func get(_ path: [String], query: [(name: String, value: String)] = []) -> ConsoleRequest {
        ConsoleRequest(method: .get, target: target(path, query), body: [])
    }

    /// A call that does something once, by its key.
    package static func post(
        _ path: [String], key: String, _ fields: (inout JSONWriter) -> Void
    ) -> ConsoleRequest {
        let body = JSONWriter.object { writer in
            writer.text("key", key)
            fields(&writer)
        }
        return ConsoleRequest(method: .post, target: target(path, []), body: body, key: key)
    }

    private init(method: Method, target: String, body: [UInt8], key: String? = nil) {
        self.method = method
        self.target = target
        self.body = body
        self.key = key
    }

    /// A key that nobody has used: 128 bits of the system's randomness.
    package static func mintKey() -> String {
        var random = SystemRandomNumberGenerator()
        let high = String(UInt64.random(in: 0 ... .max, using: &random), radix: 16)
        let low = String(UInt64.random(in: 0 ... .max, using: &random), radix: 16)
        return "cli-" + String(repeating: "0", count: 16 - high.count) + high
            + String(repeating: "0", count: 16 - low.count) + low
    }

    private static func target(_ path: [String], _ query: [(name: String, value: String)]) -> String {
        let parts = query.map { escaped($0.name) + "=" + escaped($0.value) }.joined(separator: "&")
        return (["", "api", "v1"] + path.map(escaped)).joined(separator: "/") + (parts.isEmpty ? "" : "?" + parts)
    }

    /// RFC 3986: what is neither letter, digit nor one of `-._~` is escaped.
    private static func escaped(_ text: String) -> String {
        var allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        allowed.insert(charactersIn: "0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
