import FileIO
import Foundation
import Glibc

/// Files of the store that have one of some words in them, as bytes.
struct StoreSearch {
    struct Found: Equatable {
        var path: String
        var bytes: Int
    }

    let words: [String]

    /// The files under a path, with those in its folders, that have a word.
    func files(under path: String) -> [Found] {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return [] }
        if status.st_mode & S_IFMT == S_IFDIR {
            return Store.names(in: path).flatMap { files(under: path + "/" + $0) }
        }
        guard status.st_mode & S_IFMT == S_IFREG, hasWord(path) else { return [] }
        return [Found(path: path, bytes: Int(status.st_size))]
    }

    /// Bytes of all files under a path.
    static func size(of path: String) -> Int {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return 0 }
        guard status.st_mode & S_IFMT == S_IFDIR else { return Int(status.st_size) }
        return Store.names(in: path).reduce(0) { $0 + size(of: path + "/" + $1) }
    }

    private func hasWord(_ path: String) -> Bool {
        guard let bytes = FileReading.all(path) else { return false }
        let data = Data(bytes)
        return words.contains { data.range(of: Data($0.utf8)) != nil }
    }
}
