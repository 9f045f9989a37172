/// Something that a person saw, did or changed, for the audit. No names of residents, no phone numbers: `object` is an
/// id.
package struct AuditEntry: Equatable, Sendable {
    package var person: String
    package var role: String
    /// `resident.read`, `token.add`, `delivery.resend`, …
    package var action: String
    package var object: String
    package var detail: String

    package init(person: String, role: String, action: String, object: String, detail: String = "") {
        self.person = person
        self.role = role
        self.action = action
        self.object = object
        self.detail = detail
    }
}
