/// A parameter of a path or a query, or a field of a body.
struct Field: Equatable, Sendable {
    var name: String
    var form: ValueForm
    var isNeeded = false
    var help: String
    /// A value that may be sent, as JSON; of a parameter without quotes.
    var example: String

    init(_ name: String, _ form: ValueForm, _ help: String, _ example: String) {
        self.name = name
        self.form = form
        self.help = help
        self.example = example
    }

    var needed: Field {
        var copy = self
        copy.isNeeded = true
        return copy
    }
}
