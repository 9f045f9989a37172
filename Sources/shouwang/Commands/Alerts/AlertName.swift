import ArgumentParser

/// An alert's id, or the beginning of one.
enum AlertName {
    /// - Throws: where it is none: 64.
    static func check(_ text: String) throws {
        guard (6...16).contains(text.count), text.allSatisfy(\.isHexDigit) else {
            throw ValidationError(
                "\"\(text)\" is no alert's id; name its first six digits or more as they stand in the message, "
                    + "as 7F3A9C"
            )
        }
    }
}
