import Foundation
import Glibc
import Simulation
import Synchronization

/// A small ext4 file system in a file of its own, mounted for a store: it can be full, and it can lose its power.
///
/// What a file system has handed to its disk is in the image file; what only stands in the kernel's cache is not. So a
/// copy of the image is the disk as a power cut would leave it. `commit=1000` keeps the kernel from writing by itself.
final class LoopStore: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let mount: String
    private let folder: String
    private let cuts = Mutex(0)

    /// Why there can be none here; nil where there can.
    static let hindrance: String? = {
        guard geteuid() == 0 else { return "mounting needs root" }
        do {
            let probe = try LoopStore(megabytes: 8)
            probe.close()
            return nil
        } catch { return "no loop device can be mounted: \(error)" }
    }()

    init(megabytes: Int) throws {
        folder = FileManager.default.temporaryDirectory.path + "/shouwang-disk-\(UUID().uuidString)"
        mount = folder + "/mount"
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        do {
            try run("/usr/bin/truncate", ["-s", "\(megabytes)M", image(0)])
            try run("/usr/sbin/mkfs.ext4", ["-q", "-F", "-m", "0", image(0)])
            try attach()
        } catch {
            removeFolder()
            throw error
        }
    }

    deinit { close() }

    func close() {
        // Lazily: a test that failed may have left somebody on it.
        do { try run("/usr/bin/umount", ["-l", mount]) } catch { return }
        removeFolder()
    }

    /// Takes what has reached the disk by now; whoever writes must stand still. To be put in place by ``swap()``.
    func copyDisk() throws {
        let cut = cuts.withLock { count in
            count += 1
            return count
        }
        for _ in 0..<20 {
            // The kernel may write a moment longer than the process; two equal copies are one moment's.
            try run("/usr/bin/cp", ["--sparse=always", image(cut - 1), image(cut)])
            if try Program.run("/usr/bin/cmp", ["-s", image(cut - 1), image(cut)]) == 0 { return }
        }
        throw Failure(description: "the disk does not come to rest")
    }

    /// Puts the copy in place of the disk. Nobody may have a file open on it.
    func swap() throws {
        try run("/usr/bin/umount", [mount])
        try FileManager.default.removeItem(atPath: image(cuts.withLock { $0 } - 1))
        try attach()
    }

    /// Takes all room that is left.
    func fill() {
        let file = unsafe open(mount + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { Glibc.close(file) }
        for size in [1 << 20, 4096, 1] {
            let bytes = [UInt8](repeating: 0x61, count: size)
            // Sound: the call reads the array's bytes.
            while unsafe bytes.withUnsafeBytes({ unsafe write(file, $0.baseAddress, $0.count) }) > 0 {}
        }
        fsync(file)
    }

    func makeRoom() throws { try FileManager.default.removeItem(atPath: mount + "/filler") }

    /// The disk before the first cut, or the one behind the cut of that number.
    private func image(_ cut: Int) -> String { folder + "/disk.\(cut)" }

    private func attach() throws {
        try run("/usr/bin/mount", ["-o", "loop,commit=1000", image(cuts.withLock { $0 }), mount])
    }

    private func removeFolder() {
        do { try FileManager.default.removeItem(atPath: folder) } catch { print("left behind: \(folder)") }
    }

    private func run(_ path: String, _ arguments: [String]) throws {
        let talk = folder + "/talk"
        let code = try Program.run(path, arguments, talk: talk)
        guard code == 0 else { throw Failure(description: "\(path) exits \(code): \(Program.text(talk).suffix(200))") }
    }
}
