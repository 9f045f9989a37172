import ArgumentParser
import Demo
import Glibc
import Simulation
import Terminal

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Everything real, nothing to configure: private broker, simulated community, daemon, alerts.",
        discussion: """
            Starts a mosquitto of its own on loopback, a community of two buildings, 24 cameras and 40 elders, the \
            daemon, and a \
            receiver that prints each alert as the worker would read it. An hour passes in a second. Nothing is \
            left behind.

            Example:
              shouwang demo
              shouwang demo --seconds 30
            """)

    @Option(help: "How long it lasts, 10…300; the three days of Aunt Luo's silence need 80.")
    var seconds: Int = 90

    func validate() throws {
        guard (10...300).contains(seconds) else { throw ValidationError("--seconds takes 10…300, not \(seconds)") }
    }

    func run() async throws {
        // As Ctrl-C: nothing is left behind.
        StandardError.whenOutputFails { kill(getpid(), SIGTERM) }
        let demo: Demo
        do { demo = try Demo(seconds: seconds) } catch let problem as PrivateBroker.Problem {
            StandardError.print("the demo needs a broker: \(problem); apt-get install mosquitto")
            throw Exit.unavailable
        }
        try await demo.run()
        try StandardError.outputEnd()
    }
}
