import Community
import FileIO
import Diagnostics
import SiteConfiguration
import Testing
import Vocabulary

@testable import Feeds

/// A report that is typed in is a message of the native feed.
@Suite struct NativeReportTests {
    private static let fixture = NativeFormatTests.fixture

    private func report(_ change: (inout NativeReport) -> Void = { _ in }) -> NativeReport {
        var report = NativeReport(key: "k1")
        report.category = "维修"
        report.text = "2单元门禁坏了，\"进不去\"\n两次"
        report.place = "b3"
        report.by = "luo"
        report.phone = "13800001111"
        report.severity = .high
        change(&report)
        return report
    }

    @Test func `it is decoded as the same message from the broker is`() {
        let (topic, payload) = report().message(site: "hgs")
        #expect(topic == "community/hgs/report/console")
        #expect(
            String(decoding: payload, as: UTF8.self)
                == #"{"type":"resident_report","id":"k1","category":"维修","text":"2单元门禁坏了，\"进不去\"\n两次","#
                + #""place":"b3","by":"luo","phone":"13800001111","severity":"high"}"#
        )
        let said = NativeReportTests.fixture.says(topic, bytes: payload)
        #expect(said.hasPrefix("resident_report ?console") && said.contains("word=维修") && said.contains("place=b3"))
        #expect(said.contains("by=luo") && said.hasSuffix(" id"))
    }

    @Test func `each type is one of the family`() {
        #expect(NativeReport.types.map(\.name) == NativeFormatTests.families.first { $0.family == "report" }?.types)
        for type in NativeReport.types {
            let (topic, payload) = report { $0.type = type }.message(site: "hgs", console: "desk-2")
            #expect(NativeReportTests.fixture.says(topic, bytes: payload).hasPrefix(type.name + " ?desk-2"))
        }
    }

    @Test func `what is wrong is told by its field`() {
        func field(_ change: (inout NativeReport) -> Void) -> String? {
            report(change).refusal(NativeReportTests.fixture.plan.registry)?.field
        }
        #expect(field { _ in } == nil)
        #expect(field { $0.type = .motion } == "type")
        #expect(field { $0.place = "b99" } == "place")
        #expect(field { $0.place = "" } == "place")
        #expect(field { $0.category = String(repeating: "长", count: 65) } == "category")
        #expect(field { $0.category = String(repeating: "长", count: 64) } == nil)
        #expect(field { $0.text = String(repeating: "长", count: 2001) } == "text")
        #expect(field { $0.text = String(repeating: "长", count: 2000) } == nil)
        #expect(field { $0.key = "" } == "key")
        #expect(field { $0.key = String(repeating: "k", count: 65) } == "key")
        #expect(field { $0.photo = "zz" } == "photo")
        #expect(field { $0.photo = String(repeating: "a", count: 64) } == nil)
        #expect(field { ($0.category, $0.text) = (nil, nil) } == "text")
        // Who is trapped says so with the type alone.
        #expect(field { ($0.category, $0.text, $0.type) = (nil, nil, .liftTrapped) } == nil)
    }

    @Test func `whether a feed hears it goes by the first that has its topic`() throws {
        func heard(_ feeds: String) throws -> Bool {
            let yaml = FeedFixture.yaml.replacing(
                #"- {topic: "community/+/+/+", format: native}"#, with: feeds)
            let (settings, _) = Settings.parse(Array(yaml.utf8), file: "s.yaml", baseDirectory: "/etc") {
                (_) throws(FileError) in
                Array(FeedFixture.vendor.utf8)
            }
            return NativeReport.isHeard(in: try #require(settings).feeds, site: "hgs")
        }
        #expect(try heard(#"- {topic: "community/+/+/+", format: native}"#))
        #expect(try heard(#"- {topic: "community/hgs/report/+", format: native}"#))
        #expect(try !heard(#"- {topic: "community/hgs/elder/+", format: native}"#))
        #expect(try !heard(#"- {topic: "community/#", format: mapping, mapping: vendor.yaml}"#))
    }
}
