/// Who asks, as far as it decides what they may do.
package struct Asker: Equatable, Sendable {
    package var role: Role
    /// Who they are: a worker's id, or the name of the token or of whoever answers over a link.
    package var person: String
    /// The grids that they answer for; empty: all.
    package var grids: [String] = []
    /// Of a link: the one alert that it is for …
    package var linkedAlert: String?
    /// … and the role, in the registry's spelling, of whom it was sent to.
    package var linkedRole: String?

    package init(_ role: Role, person: String, grids: [String] = []) {
        self.role = role
        self.person = person
        self.grids = grids
    }
}
