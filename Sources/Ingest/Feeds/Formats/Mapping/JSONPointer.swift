import ConfigReading
import Diagnostics

/// A JSON pointer (RFC 6901), taken apart and unescaped: `/a~1b/0` is `["a/b", "0"]`. Never empty.
package struct JSONPointer: Equatable, Sendable, CustomStringConvertible {
    package var tokens: [String]

    package init(tokens: [String]) {
        self.tokens = tokens
    }

    package var description: String {
        tokens.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }
}

extension JSONPointer {
    /// `/a/b~1c`: each token follows a slash; `~0` is `~`, `~1` is `/` (RFC 6901 §3, §4).
    init(text: String) throws(UnplacedDiagnostic) {
        guard text.hasPrefix("/") else { throw .badPointer(text) }
        var tokens: [String] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "~", omittingEmptySubsequences: false)
            for piece in pieces.dropFirst() where piece.first != "0" && piece.first != "1" { throw .badPointer(text) }
            tokens.append(String(part).replacing("~1", with: "/").replacing("~0", with: "~"))
        }
        self.tokens = tokens
    }
}

extension UnplacedDiagnostic {
    fileprivate static func badPointer(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "mapping.bad-pointer",
            what: LocalizedText(zh: "“\(text.shown)”不是 JSON 指针", en: "\"\(text.shown)\" is no JSON pointer"),
            remedy: LocalizedText(
                zh: "写成 /state 或 /info/0/name 的样子；名称里的 / 写 ~1,~ 写 ~0",
                en: "write it as /state or /info/0/name; a / in a name is ~1, a ~ is ~0"))
    }
}
