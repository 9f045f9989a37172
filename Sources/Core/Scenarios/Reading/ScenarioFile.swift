package import Community
package import ConfigReading
package import Diagnostics
package import SiteConfiguration

/// A `.scenario` file that passed: a site, and cases of records on a drawn timeline with the alert changes that must
/// come of them (docs/scenarios.md).
///
/// A file is a YAML head, a line `---`, and cases. Everything in it was checked: rules, devices and fields that cases
/// name are known, times are in order, payloads are well formed.
package struct ScenarioFile: Sendable {
    /// How the file is named in messages.
    package let name: String
    package let settings: Settings
    package let registry: Registry
    /// In the file's order; a case with a table is as many as the table has rows.
    package let cases: [ScenarioCase]

    /// A file larger than this is no scenario.
    package static let bytesMax = 8 << 20
    /// Rows of all tables and repeated records of all cases together, so that a slip of the pen costs no memory.
    static let linesMax = 1_000_000
}

extension ScenarioFile {
    /// Reads a scenario.
    /// - Parameters:
    ///   - file: how it is named in messages; paths in it are relative to its folder.
    ///   - read: reads a file that it names (`config`, `registry`, mappings), by its path on disk.
    /// - Returns: the scenario, nil exactly where there is an error among the diagnostics; and the site's language. All
    ///   problems of the head are told; where it has none, all those of the cases, in the order of the file.
    package static func parse(
        _ bytes: [UInt8], file: String, read: FileReader
    ) -> (scenario: ScenarioFile?, diagnostics: [Diagnostic], language: Language) {
        guard bytes.count <= bytesMax, let text = String(validating: bytes, as: UTF8.self) else {
            let fault = bytes.count > bytesMax ? UnplacedDiagnostic.tooLarge : .notUTF8
            return (nil, [fault.diagnostic(file: file, line: 0)], .zhHans)
        }
        let lines = text.trimmingPrefix("\u{FEFF}").split(omittingEmptySubsequences: false) { $0.isNewline }
        guard let border = lines.firstIndex(where: { $0.prefix(3) == "---" && $0.allSatisfy { "- ".contains($0) } })
        else { return (nil, [UnplacedDiagnostic.noCases.diagnostic(file: file, line: 0)], .zhHans) }
        var head = ScenarioHead(Array(lines[..<border]), file: file)
        guard let site = withoutActuallyEscaping(read, do: { head.site($0) }) else {
            return (nil, head.diagnostics, head.language)
        }
        var body = CaseList(file: file, settings: site.settings, registry: site.registry, start: site.start)
        for (index, line) in lines.enumerated().dropFirst(border + 1) {
            body.read(SourceLine(number: index + 1, line))
        }
        body.finish(at: lines.count)
        let all = head.diagnostics + body.diagnostics
        guard !all.contains(where: { $0.severity == .error }) else { return (nil, all, head.language) }
        let scenario = ScenarioFile(
            name: file, settings: site.settings, registry: site.registry, cases: body.cases)
        return (scenario, all, head.language)
    }
}
