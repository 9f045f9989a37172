/// A number as people write it: `15`, `37.3`.
package struct NumberText: CustomStringConvertible {
    private let number: Double

    package init(_ number: Double) { self.number = number }

    package var description: String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
