/// Those who are watched together: the watched of one dwelling, or one person who has none.
package struct Household: Sendable {
    package var dwelling: PlaceID?
    /// At least one; in file order; the watched alone.
    package var residents: [ResidentID]
}
