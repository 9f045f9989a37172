/// Why bytes are not a state that can be taken up.
package enum StateError: Error, Equatable, Sendable {
    /// At this byte stands something else than was expected: the bytes are cut or changed.
    case damaged(at: Int, expected: String)
    /// Written by a version of the program with another form of this part.
    case otherVersion(of: String, found: Int, expected: Int)
}
