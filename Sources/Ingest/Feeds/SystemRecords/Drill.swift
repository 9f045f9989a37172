/// A drill that somebody asked for, as the record `$shouwang/drill` tells it: an alert of a rule that is raised as any
/// other is, so that people can practise, and that says so. It is about a resident or a place.
package struct Drill: Equatable, Sendable {
    /// The drill's own; equal for the same drill told twice.
    package var id: String
    /// The name of the rule whose alert is practised.
    package var rule: String
    /// A resident's id.
    package var resident: String?
    /// A place's id, or an address.
    package var place: String?
    /// Who asked for it.
    package var actor: String?

    package init(
        id: String, rule: String, resident: String? = nil, place: String? = nil, actor: String? = nil
    ) {
        self.id = id
        self.rule = rule
        self.resident = resident
        self.place = place
        self.actor = actor
    }
}
