/// A place in a file that a person keeps. Lines and columns count from 1, columns in characters (Unicode scalars, as
/// libyaml counts them); 0 where the whole file is meant.
package struct Position: Hashable, Sendable {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}
