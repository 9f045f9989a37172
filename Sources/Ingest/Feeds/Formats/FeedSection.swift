package import ConfigReading
import Diagnostics

/// A feed's section of the configuration, as its format reads it.
package struct FeedSection {
    package let section: Section
    /// The feed's topic filter; nil where that is wrong.
    package let topic: String?
    private let resolve: (String) -> String
    private let readFile: FileBytes.Reader

    /// - Parameters:
    ///   - resolve: a path in the configuration to what it is on disk.
    ///   - readFile: reads a file by such a path.
    package init(
        _ section: Section, topic: String?, resolve: @escaping (String) -> String, readFile: @escaping FileBytes.Reader
    ) {
        self.section = section
        self.topic = topic
        self.resolve = resolve
        self.readFile = readFile
    }

    /// The file that a key names; nil where it names none, or one that cannot be read, which is told.
    package func file(_ key: String) -> (path: String, bytes: [UInt8])? {
        guard let path = section.text(key).map(resolve) else { return nil }
        do throws(FileError) {
            return (path, try readFile(path))
        } catch {
            section.error(.unreadable(path, error), at: key)
            return nil
        }
    }
}
