import Foundation
import Testing

extension PageBench {
    /// What came back.
    struct Answer: Sendable {
        var status: Int
        var headers: Headers
        var body: String

        /// The values of a header, whatever the case of its name.
        struct Headers: Sendable {
            let all: [(name: String, value: String)]

            subscript(name: String) -> [String] {
                all.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
            }
        }

        /// Of the first form with this verb: its fields that nobody sees.
        func fields(_ verb: String) throws -> [String: String] {
            let forms = body.components(separatedBy: "<form").dropFirst()
            let form = try #require(
                forms.first { $0.contains("name=\"verb\" value=\"\(verb)\"") }, "no form for \(verb) in \(body)")
            let pattern = #/<input type="hidden" name="(\w+)" value="([^"]*)">/#
            let inside = form.components(separatedBy: "</form>")[0]
            return Dictionary(
                inside.matches(of: pattern).map { (String($0.1), String($0.2)) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}
