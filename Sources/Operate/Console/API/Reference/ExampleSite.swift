/// The names that the examples of docs/api.md use: those of the site that its tests make, where each is run.
enum ExampleSite {
    static let alert = "a1b2c3"
    static let other = "b1b2b3"
    static let resident = "e1"
    static let channel = "board"
    static let token = "0123456789ab"
    static let photo = "0000000000000000000000000000000000000000000000000000000000000000"
}
