import FileIO
import Ledger
import Logging

/// The site's key for links, in the store's folder, readable by the daemon's user alone (mode 0600). It is made at the
/// first start. One that cannot be read is replaced: links sent before it open nothing then.
enum LinkKeyFile {
    static let name = "link.key"

    /// - Parameter random: 256 bits are taken from it where there is no key yet.
    /// - Returns: nil where none can be read or kept: then no link is sent.
    static func key(store: String, random: inout some RandomNumberGenerator, _ log: Logger) -> LinkKey? {
        let path = store + "/" + name
        if let bytes = FileReading.all(path) {
            if let key = LinkKey(bytes) { return key }
            log.error("\(path) is no key and is replaced; links that were sent open nothing any more")
        }
        let bytes = (0..<LinkKey.size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let failure = FileWriting.replace(path, with: bytes)
        guard failure == 0 else {
            log.error(
                "\(path) cannot be written (\(FileWriting.reason(failure))); messages have no links to workers' pages")
            return nil
        }
        return LinkKey(bytes)
    }
}
