package import ArgumentParser
import Glibc

/// The exit codes of the contract (sysexits.h, and 1).
package enum Exit {
    package static let differs = ExitCode(1)
    package static let usage = ExitCode(64)
    package static let badData = ExitCode(65)
    package static let noInput = ExitCode(66)
    package static let unavailable = ExitCode(69)
    package static let inputOutput = ExitCode(74)
    package static let temporary = ExitCode(75)
    package static let configuration = ExitCode(78)
}
