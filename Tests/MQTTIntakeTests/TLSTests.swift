import Diagnostics
import Foundation
import MQTTIntake
import Simulation
import TestSupport
import Testing
import Timekeeping

/// Against a real mosquitto that asks for certificates, which OpenSSL makes for each test.
@Suite struct TLSTests {
    private func withAuthority(_ body: (Authority) async throws -> Void) async throws {
        let authority = try Authority()
        defer { try? FileManager.default.removeItem(atPath: authority.folder) }
        try await body(authority)
    }

    /// Waits for an attempt that ends with such words. (A broker that refuses a certificate closes at once, and TCP may
    /// then lose its reason; another attempt has it.)
    private func isTold(_ options: BrokerOptions, _ words: String, zh: String = "") async -> Bool {
        let intake = Intake(options)
        var isInChinese = false
        let isTold = await eventually {
            isInChinese = isInChinese || intake.session.problem?.zh.contains(zh) == true || zh.isEmpty
            return isInChinese && intake.recorder.reasons.contains { $0.contains(words) }
        }
        #expect(isTold, "\(words): \(intake.recorder.reasons.prefix(3))")
        #expect(intake.recorder.sessions == [])
        await intake.end()
        return isTold
    }

    @Test(arguments: [BrokerOptions.Version.v311, .v5])
    func `with a CA and a client certificate everything arrives`(version: BrokerOptions.Version) async throws {
        try await withAuthority { authority in
            try authority.sign("server")
            try authority.sign("box")
            let broker = try authority.broker("server")
            var options = loopback(broker, version: version)
            options.tls = authority.tls("box")
            let intake = Intake(options)
            let publisher = Publisher(options)
            #expect(await intake.subscribed())
            #expect(await publisher.connected())
            for n in 0..<2000 {
                publisher.session.post(
                    topic: "community/a", payload: Array("\(n)".utf8), qos: .atLeastOnce, retain: false)
            }
            #expect(await eventually { intake.recorder.count >= 2000 })
            let isInOrder = intake.recorder.payloads == (0..<2000).map(String.init)
            #expect(isInOrder)
            await publisher.end()
            await intake.end()
        }
    }

    @Test func `a missing, an expired and a foreign client certificate are told apart`() async throws {
        try await withAuthority { authority in
            try authority.sign("server")
            try authority.sign("old", days: -1)
            try authority.make("foreign")
            try authority.sign("stranger", by: "foreign")
            let broker = try authority.broker("server")
            var options = loopback(broker)
            options.tls = authority.tls(nil)
            #expect(await isTold(options, "asks for a client certificate", zh: "请设置证书和私钥"))
            options.tls = authority.tls("old")
            #expect(await isTold(options, "does not accept the client certificate \(authority.folder)/old.crt"))
            options.tls = authority.tls("stranger")
            #expect(await isTold(options, "does not accept the client certificate \(authority.folder)/stranger.crt"))
            options.tls = authority.tls("absent")
            #expect(await isTold(options, "absent.crt"))
        }
    }

    @Test func `an expired CA and an expired certificate of the broker are told`() async throws {
        try await withAuthority { authority in
            try authority.make("past", days: -1)
            try authority.sign("server", by: "past")
            try authority.sign("late", days: -1)
            try authority.sign("box")
            for (server, ca) in [("server", "past"), ("late", "ca")] {
                let broker = try authority.broker(server)
                var options = loopback(broker)
                options.tls = authority.tls("box", ca: ca)
                let words = "certificate or its CA has expired; renew it"
                #expect(await isTold(options, words, zh: "已过期，请换新证书"))
            }
        }
    }

    @Test func `an unknown CA, a wrong host name and a port without TLS are told`() async throws {
        try await withAuthority { authority in
            try authority.sign("server")
            try authority.sign("box")
            try authority.make("foreign")
            let broker = try authority.broker("server")
            var options = loopback(broker)
            options.tls = authority.tls("box", ca: "foreign")
            #expect(await isTold(options, "is not signed by \(authority.folder)/foreign.crt"))
            options.tls = authority.tls("box", ca: "absent")
            #expect(await isTold(options, "absent.crt"))
            options.tls = authority.tls("box")
            options.host = "localhost"
            #expect(await isTold(options, "is not for localhost", zh: "不是发给 localhost 的"))
            let plain = try PrivateBroker()
            options = loopback(plain)
            options.tls = authority.tls("box")
            #expect(await isTold(options, "does not answer in TLS; check the port"))
        }
    }
}

extension Authority {
    /// Asks every client for a certificate of `ca`.
    func broker(_ name: String) throws -> PrivateBroker {
        var settings = PrivateBroker.Settings()
        settings.extraLines = [
            "cafile \(folder)/ca.crt", "certfile \(folder)/\(name).crt", "keyfile \(folder)/\(name).key",
            "require_certificate true",
        ]
        return try PrivateBroker(settings)
    }

    func tls(_ name: String?, ca: String = "ca") -> BrokerOptions.TLS {
        BrokerOptions.TLS(
            ca: "\(folder)/\(ca).crt", certificate: name.map { "\(folder)/\($0).crt" },
            key: name.map { "\(folder)/\($0).key" })
    }
}
