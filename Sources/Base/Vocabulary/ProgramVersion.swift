/// The program's version, as `--version` and the journal's start records say it.
package enum ProgramVersion {
    package static let current = "0.1.0"
}
