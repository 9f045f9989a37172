import ArgumentParser
import Glibc
import Vocabulary

/// The command line. Exit codes are those of docs/commands.md: 0 done, 1 a comparison or test failed, 64 usage, 65 bad
/// data, 66 no input, 69 broker or daemon not reachable, 74 input or output, 75 later, 78 configuration.
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
        version: ProgramVersion.current,
        subcommands: [
            RunCommand.self, ReloadCommand.self, CheckCommand.self, ReplayCommand.self, ListenCommand.self,
            InitCommand.self,
            DemoCommand.self, TestCommand.self, WhyCommand.self, WhyNotCommand.self, AlertsCommand.self,
            StatusCommand.self, TokenCommand.self, DrillCommand.self, ForgetCommand.self,
        ])

    static func main() async {
        keepStandardFiles()
        // A file that would be larger than allowed is told as any other that cannot be written.
        signal(SIGXFSZ, SIG_IGN)
        await main(nil)
    }

    /// Where the caller closed standard input, output or error, the next file that is opened would get its number, and
    /// with it what is written there. What stands in its place can be read, empty, and not written.
    private static func keepStandardFiles() {
        for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }
}
