package import ConfigReading
import Diagnostics
package import FileIO

/// A feed's section of the configuration, as its format reads it.
package struct FeedSection {
    package let section: Section
    /// The feed's topic filter; nil where that is wrong.
    package let topic: String?
    private let readFile: FileBytes.Reader

    /// - Parameter readFile: reads a file by its path on disk.
    package init(_ section: Section, topic: String?, readFile: @escaping FileBytes.Reader) {
        self.section = section
        self.topic = topic
        self.readFile = readFile
    }

    /// The file that a key names; nil where it names none, or one that cannot be read, which is told.
    package func file(_ key: String) -> (path: String, bytes: [UInt8])? {
        guard let path = section.path(key) else { return nil }
        do throws(FileError) {
            return (path, try readFile(path))
        } catch {
            section.error(.unreadable(path, error), at: key)
            return nil
        }
    }
}
