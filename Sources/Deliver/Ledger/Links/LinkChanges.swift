/// What a commit does to links.
package struct LinkChanges: Equatable, Sendable {
    /// In the order in which their messages were made.
    package var made: [Link] = []
    /// Hashes of links that are withdrawn: somebody else has the case.
    package var withdrawn: [String] = []

    package init() {}
}
