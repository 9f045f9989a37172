import ArgumentParser

/// The command line. Exit codes are those of docs/commands.md: 0 done, 1 a comparison or test failed, 64 usage, 65 bad
/// data, 66 no input, 69 broker not reachable, 74 input or output, 78 configuration.
@main
struct Shouwang: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shouwang",
        abstract: "Keeps watch over a residential community (守望相助).",
        discussion: """
            Subscribes over MQTT to access control, cameras and the sensors of elders who live alone, and tells the \
            right \
            grid worker what needs a person to go and look.

            First steps:
              shouwang demo                                        everything real, nothing to configure
              shouwang init /etc/shouwang                          a configuration, CSV templates, a mosquitto.conf
              shouwang check --config /etc/shouwang/shouwang.yaml
              shouwang run --config /etc/shouwang/shouwang.yaml
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, ReloadCommand.self, CheckCommand.self, ReplayCommand.self, ListenCommand.self,
            InitCommand.self,
            DemoCommand.self, TestCommand.self, WhyCommand.self, WhyNotCommand.self,
        ])
}
