/// A part of the community: a row of `places.csv`, or made from an address that another row names.
package struct Place: Sendable {
    /// Its name for scripts, keys of alerts and other files. A dwelling made from an address has it as its id.
    package var id: String
    package var kind: PlaceKind
    package var parent: PlaceID?
    /// What people call it; the id where the sheet has no name.
    package var name: String
    /// Its own grid, or the nearest ancestor's.
    package var grid: GridID?
    /// The building that it is or lies in.
    package var building: PlaceID?
    /// The dwelling that it is or lies in.
    package var dwelling: PlaceID?
    /// How messages name it: `3栋2单元502`; for everything that is no part of a building, its name.
    package var displayName: String
    /// The line of `places.csv`; 0 where it was made from an address.
    package var line: Int
}
