/// That nobody opened, as the `reason` of an `escalate` has it; a test pins the spelling.
package enum NoAccess {
    package static let reason = "no_access"
}
