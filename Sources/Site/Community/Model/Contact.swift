package struct Contact: Equatable, Sendable {
    /// Empty where only a number is known.
    package var name: String
    /// Empty where only a name is known.
    package var phone: String

    package init(name: String, phone: String) {
        self.name = name
        self.phone = phone
    }
}
