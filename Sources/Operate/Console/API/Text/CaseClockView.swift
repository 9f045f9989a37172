/// How a case stands by its clocks.
package struct CaseClockView: Equatable, Sendable {
    /// `green`, `yellow` or `red`.
    package var lamp: String
    /// A JSON object: each step's clock.
    package var json: String

    package init(lamp: String, json: String) {
        self.lamp = lamp
        self.json = json
    }
}
