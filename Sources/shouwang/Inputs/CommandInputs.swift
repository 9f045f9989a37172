import CDispatch
import Community
import FileIO
import Glibc
import SiteConfiguration
import SiteLoading
import Terminal

/// The files that a command reads. None of them may be written to: it would be emptied before it is read, or grow while
/// it is. To be asked before anything is opened for writing.
struct CommandInputs {
    private var names: [FileIdentity: String] = [:]
    private var folders: [FileIdentity: String] = [:]

    /// A configuration with what it names, and the registry.
    init(of source: SiteSource? = nil) {
        guard let source else { return }
        add(source.config)
        for path in source.files.mappings.keys { add(path) }
        for file in source.registry.files { add(file.path) }
    }

    /// - Parameter path: a file, or `-` for standard input.
    mutating func add(_ path: String) {
        let identity = path == "-" ? FileIdentity(descriptor: 0) : FileIdentity(path: path)
        if let identity { names[identity] = path == "-" ? "<stdin>" : path }
    }

    /// - Parameters:
    ///   - logs: as they were named; a folder is a journal's, in which nobody but the daemon writes.
    ///   - files: what they come to.
    mutating func add(logs: [String], files: [String]) {
        for path in files { add(path) }
        for path in logs { if let folder = FileIdentity.folder(path) { folders[folder] = path } }
    }

    /// - Throws: 64 where an option's file is one that is read, or would stand in a journal that is.
    func check(output path: String, of option: String) throws {
        var found: String?
        if let identity = FileIdentity(path: path), let name = names[identity] {
            found =
                name == path
                ? "\(option) \(path): the file is read by this command"
                : "\(option) \(path): the file is \(name), which is read"
        } else if let folder = FileIdentity.folder(FileWriting.folder(of: OutputFile.target(of: path))),
            let name = folders[folder]
        {
            found = "\(option) \(path): it would stand in the journal \(name), which is read"
        }
        guard let found else { return }
        StandardError.say(found + "; nothing was written. Name another file for the output")
        throw Exit.usage
    }

    /// - Throws: 64 where standard output was sent to a file that is read.
    func checkStandardOutput() throws {
        guard let identity = FileIdentity(descriptor: 1), let name = names[identity] else { return }
        StandardError.say(
            "standard output is the file \(name), which this command reads; nothing was written. Send the output to "
                + "another file")
        throw Exit.usage
    }
}
