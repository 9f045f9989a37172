/// Why a file that a person named could not be read.
package struct FileError: Error, Equatable, Sendable {
    /// What the system said, as "No such file or directory".
    package var reason: String
    package var isMissing: Bool

    package init(reason: String, isMissing: Bool = false) {
        self.reason = reason
        self.isMissing = isMissing
    }
}
