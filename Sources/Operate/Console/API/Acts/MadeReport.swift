/// A report that somebody made at the desk.
package struct MadeReport: Equatable, Sendable {
    /// Of the `report` family, as `resident_report`.
    package var type: String
    package var category: String?
    package var text: String
    /// A place's id.
    package var place: String
    /// Who told of it, and their number.
    package var by: String?
    package var phone: String?
    package var severity: String?
    /// Equal for the same report sent twice by the same person.
    package var key: String
    /// Who put it in.
    package var person: String

    package static let types = ["resident_report", "patrol_report", "dissuasion", "lift_fault", "lift_trapped"]

    package init(type: String, text: String, place: String, key: String, person: String) {
        self.type = type
        self.text = text
        self.place = place
        self.key = key
        self.person = person
    }
}
