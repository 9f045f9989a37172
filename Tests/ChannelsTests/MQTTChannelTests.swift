import Channels
import Diagnostics
import Delivery
import Ledger
import Testing
import Timekeeping
import Vocabulary

@Suite struct MQTTChannelTests {
    @Test func `the configuration makes a channel with the site's own topic`() throws {
        let read = try ready("{kind: mqtt}")
        let options = try MQTTChannel.Options(topic: "shouwang/hgs/alerts/{id}")
        #expect(read.channel as? MQTTChannel == MQTTChannel(options))
        #expect(try configured("{kind: mqtt}").takesChanges)
        #expect(read.pace == .free && read.http.total == nil)
        #expect((try ready(MQTTChannelSettings.example).channel as? MQTTChannel)?.options.retain == true)
    }

    @Test func `the JSON goes to the alert's own topic`() throws {
        let channel = MQTTChannel(try MQTTChannel.Options(topicPrefix: "shouwang/hgs/alerts"))
        let wanted = ChannelRequest.mqtt(
            topic: "shouwang/hgs/alerts/00112233445566aa", payload: Array(json.utf8), qos: 1, retain: false)
        #expect(channel.request(for: message(entry(1))) == wanted)
        #expect(channel.outcome(of: .acknowledged, at: noon) == .sent(answer: "acknowledged"))
        let refused = channel.outcome(of: .refused(reason: "not authorised"), at: noon)
        #expect(refused == .permanent(reason: "not authorised"))
    }

    @Test(arguments: ["", "a/+/b", "#", "a\u{0}"])
    func `a topic that may not be published to is refused`(topic: String) {
        #expect(throws: UnplacedDiagnostic.self) { try MQTTChannel.Options(topicPrefix: topic) }
    }
}
