/// One figure of the Prometheus text format.
package struct Metric: Sendable {
    package enum Kind: String, Sendable { case counter, gauge }

    var name: String
    var help: String
    var kind: Kind
    var value: Double
    var labels: [String: String]

    package init(_ name: String, _ help: String, _ kind: Kind, _ value: Double, _ labels: [String: String] = [:]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.value = value
        self.labels = labels
    }
}
