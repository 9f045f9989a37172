import Community
import CDispatch
import Glibc
import SiteConfiguration

/// Which file it is, whatever it is called: links of both kinds and other spellings of a path lead to the same one.
struct FileIdentity: Hashable {
    private let device: UInt64
    private let number: UInt64

    private init?(_ status: stat, _ kinds: [mode_t]) {
        guard kinds.contains(status.st_mode & S_IFMT) else { return nil }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// - Returns: nil for what is not there, and for devices: a terminal or /dev/null may be both.
    init?(path: String, kinds: [mode_t] = [S_IFREG, S_IFIFO, S_IFBLK]) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status, kinds)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status, [S_IFREG])
    }

    static func folder(_ path: String) -> FileIdentity? { FileIdentity(path: path, kinds: [S_IFDIR]) }
}

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
        } else if let folder = FileIdentity.folder(OutputFile.folder(of: OutputFile.target(of: path))),
            let name = folders[folder]
        {
            found = "\(option) \(path): it would stand in the journal \(name), which is read"
        }
        guard let found else { return }
        Talk.say(found + "; nothing was written. Name another file for the output")
        throw Exit.usage
    }

    /// - Throws: 64 where standard output was sent to a file that is read.
    func checkStandardOutput() throws {
        guard let identity = FileIdentity(descriptor: 1), let name = names[identity] else { return }
        Talk.say(
            "standard output is the file \(name), which this command reads; nothing was written. Send the output to "
                + "another file")
        throw Exit.usage
    }
}
