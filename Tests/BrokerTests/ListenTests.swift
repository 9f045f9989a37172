import Foundation
import MQTTIntake
import Simulation
import Testing

/// `listen` beside a real broker.
@Suite(.timeLimit(.minutes(5)))
struct ListenTests {
    private func site() throws -> (site: CommandSite, broker: PrivateBroker) {
        let broker = try PrivateBroker(PrivateBroker.Settings())
        let site = try CommandSite()
        try site.write(
            "site.yaml", try site.read("site.yaml").replacing("127.0.0.1:1\"", with: "127.0.0.1:\(broker.port)\""))
        return (site, broker)
    }

    @Test func `listen ends when its reader goes, without another message and without a word`() throws {
        let (site, broker) = try site()
        // The retained message is the only one: nothing comes after it.
        let line = """
            mosquitto_pub -h 127.0.0.1 -p \(broker.port) -r -q 1 -t community/t/elder/b-1 -m '{"type":"sos"}'
            "$S" listen --config site.yaml 2> talk | head -1 | grep -c sos
            echo "${PIPESTATUS[@]}"; cat talk
            """
        let result = try site.shell(line)
        #expect(result.output.hasPrefix("1\n0 0 0\n"), "\(result)")
        #expect(!result.output.contains("pipe"), "\(result.output)")
        // Nobody reads from the first byte on.
        let none = try site.shell("\"$S\" listen --config site.yaml 2> talk | true; echo ${PIPESTATUS[0]}")
        #expect(none.output == "0\n", "\(none)")
    }

    @Test func `listen ends with 74 where its output is full`() throws {
        let (site, broker) = try site()
        let result = try site.shell(
            """
            mosquitto_pub -h 127.0.0.1 -p \(broker.port) -r -q 1 -t community/t/elder/b-1 -m '{"type":"sos"}'
            "$S" listen --config site.yaml > /dev/full
            """)
        #expect(result.code == 74 && result.talk.contains("No space left on device"), "\(result)")
    }

    @Test func `a password that is not there is told in words`() throws {
        let (site, _) = try site()
        let yaml = try site.read("site.yaml").replacing(
            "client_id: t", with: "client_id: t, username: u, password: {file: none}")
        try site.write("site.yaml", yaml)
        let result = try site.shell("\"$S\" listen --config site.yaml")
        #expect(result.code == 78 && result.talk.contains("mqtt.password: there is no file"), "\(result)")
    }
}
