// DocumentationTests.swift: every citation resolves and every claim names a test that exists.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct `Documentation` {
  /// The keys that a text cites, as in `[GRS09]`.
  static func keys(in text: String) -> Set<String> {
    let pattern = #/\[(?<key>[A-Z][A-Za-z]{1,7}[0-9]{2}|GMP|RFC[0-9]+|FIPS[0-9-]+|SP[0-9A-Z-]+)\]/#
    return Set(text.matches(of: pattern).map { String($0.output.key) })
  }

  @Test func `resolves every reference, and keeps none that nobody cites`() {
    let listed = Self.keys(in: SourceTree.text(of: "docs/references.md"))
    var cited = Set<String>()
    for file in SourceTree.sources + SourceTree.tests {
      let here = Self.keys(in: file.lines.filter { $0.contains("//") }.joined(separator: "\n"))
      cited.formUnion(here)
      for key in here { #expect(listed.contains(key), "\(file.path) cites [\(key)], not listed") }
    }
    for page in [
      "architecture", "privacy-model", "claims", "sampler", "formats", "selection", "hierarchies",
    ] {
      cited.formUnion(Self.keys(in: SourceTree.text(of: "docs/\(page).md")))
    }
    for key in listed { #expect(cited.contains(key), "[\(key)] is listed and cited nowhere") }
  }

  @Test func `has a test for every claim`() {
    let claims = SourceTree.text(of: "docs/claims.md")
    let tests = SourceTree.tests.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n")
    let sources = SourceTree.sources.map { $0.lines.joined(separator: "\n") }.joined(
      separator: "\n"
    )
    let rows = claims.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
    #expect(rows.count >= 15)
    for row in rows {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 4 else {
        Issue.record("a claim has four columns: \(row)")
        continue
      }
      for symbol in cells[2].matches(of: #/`(?<name>[A-Za-z]+)[^`]*`/#) {
        #expect(sources.contains(symbol.output.name), "no symbol \(symbol.output.name)")
      }
      let named = cells[3].matches(of: #/«(?<name>[^»]+)»/#)
      #expect(!named.isEmpty, "a claim names its tests: \(row)")
      for test in named {
        #expect(tests.contains("`\(test.output.name)`"), "no test «\(test.output.name)»")
      }
    }
  }

  @Test func `links to pages that exist`() {
    let pages =
      ["README.md", "Sources/README.md"]
      + ["architecture", "privacy-model", "claims", "formats"].map { "docs/\($0).md" }
    for page in pages {
      let folder = page.split(separator: "/").dropLast().joined(separator: "/")
      let text = SourceTree.text(of: page)
      #expect(!text.isEmpty, "\(page) is missing")
      for link in text.matches(of: #/\]\((?<target>[^)#]+)[^)]*\)/#) {
        let target = String(link.output.target)
        guard !target.contains("://") else { continue }
        let path = SourceTree.root.appendingPathComponent(folder).appendingPathComponent(target)
        #expect(FileManager.default.fileExists(atPath: path.path), "\(page) links to \(target)")
      }
    }
  }
}
