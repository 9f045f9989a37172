/// The one writer of HTML. What comes in as a text or as an attribute's value goes out escaped, so that no text from a
/// payload, a sheet or a person is ever more than text; names of elements and attributes are of the program alone.
///
/// There is no way to write a text as it is, but for the style sheet, which is a constant. O(characters).
struct HTMLWriter {
    /// An attribute; one whose value is nil is left out, one whose value is empty stands alone.
    typealias Attributes = KeyValuePairs<StaticString, String?>

    private(set) var html = ""

    /// A whole page.
    static func page(language: String, title: String, style: StaticString, _ body: (inout HTMLWriter) -> Void) -> String
    {
        var writer = HTMLWriter()
        writer.html = "<!DOCTYPE html>\n"
        writer.element("html", ["lang": language]) { writer in
            writer.element("head", [:]) { writer in
                writer.void("meta", ["charset": "utf-8"])
                writer.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                writer.void("meta", ["name": "robots", "content": "noindex"])
                // A browser without it asks for /favicon.ico.
                writer.void("link", ["rel": "icon", "href": "data:,"])
                writer.element("title", [:], title)
                writer.html += "<style>\(style)</style>"
            }
            writer.element("body", [:], body)
        }
        return writer.html + "\n"
    }

    mutating func text(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.unicodeScalars.append(scalar)
            }
        }
    }

    mutating func element(
        _ name: StaticString, _ attributes: Attributes = [:], _ body: (inout HTMLWriter) -> Void
    ) {
        void(name, attributes)
        body(&self)
        html += "</\(name)>"
    }

    mutating func element(_ name: StaticString, _ attributes: Attributes, _ content: String) {
        element(name, attributes) { $0.text(content) }
    }

    /// An element that has no content, or the start of one that has.
    mutating func void(_ name: StaticString, _ attributes: Attributes = [:]) {
        html += "<\(name)"
        for (key, value) in attributes {
            guard let value else { continue }
            html += " \(key)"
            if value.isEmpty { continue }
            html += "=\""
            text(value)
            html += "\""
        }
        html += ">"
    }

    /// A field that nobody sees.
    mutating func hidden(_ name: String, _ value: String) {
        void("input", ["type": "hidden", "name": name, "value": value])
    }
}
