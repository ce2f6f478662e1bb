// HTMLReportTests.swift: the page says what the release says, and no value can break out of it.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import ExactArithmetic
import Foundation
import PrivacyAccounting
import Releases
import Reporting
import TestSupport
import Testing

@Suite struct `Report page` {
  /// Text that a list of values might hold to do harm.
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "</style></title></script>", "&lt;b&gt;&amp;", "\u{0}\u{8}\u{1B}[31m\u{7F}\u{85}",
    "\u{202E}gnp.exe", "\u{5E9}\u{5DC}\u{5D5}\u{5DD} (1)", "\u{FFFE}\u{10FFFF}", "{{7*7}}${x}",
    "javascript:alert(1)", "--><!--", "]]>",
  ]

  @Test(arguments: ["plain", "run", "awkward"])
  func `is the golden page, byte by byte`(name: String) throws {
    let sample =
      name != "awkward"
      ? (name == "run" ? .certifiedRun : SampleRelease())
      : SampleRelease(
        name: "</title><script>alert(1)</script>",
        unit: .personDay,
        bounds: (1, 3, nil),
        keys: [("intent", Self.hostile)],
        fileSHA256: nil,
        filters: ["stage": Self.hostile],
        window: nil,
        consent: false,
        nonnegative: true,
        measures: [.units],
        epsilon: Rational(1, 3),
        confidence: Rational(2, 3),
        analyst: .zero,
        pinned: false
      )
    let page = HTMLReport.page(of: try sample.release())
    let golden = try Golden.text(at: "Vectors/Golden/report-\(name).html", updatedTo: page)
    #expect(page == golden, "look at the page, then run again with UPDATE_GOLDEN=1")
  }

  @Test func `says what a person loses who was active on all days of the window`() throws {
    let days = HTMLReport.page(of: try SampleRelease.ofPersonDays.release())
    #expect(days.contains("who was active in all 30 days of the window: at most \u{3B5} = 30;"))
    let persons = HTMLReport.page(of: try SampleRelease.ofPersons.release())
    #expect(!persons.contains("who was active in"))
  }

  @Test func `says by what consent was told, and for what purpose`() throws {
    let both = HTMLReport.page(of: try SampleRelease.underBoth.release())
    let agreed = "had agreed to the purpose <bdi>reports</bdi>, by the owner\u{2019}s consent "
    #expect(both.contains(agreed))
    #expect(both.contains("and whose consent in a column of their own was valid then too"))
    #expect(both.contains("and signals without consent"))
    let registry = HTMLReport.page(of: try SampleRelease.underRegistry.release())
    #expect(registry.contains("had agreed to the purpose <bdi>re\u{301}ports &lt;1&gt;</bdi>"))
    #expect(!registry.contains("in a column of their own"))
    #expect(registry.contains("and signals without consent"))
  }

  @Test func `says which run of a schedule it is, what all cost and by which rule`() throws {
    let body = try SampleRelease.certifiedRun.body()
    let price = try #require(body.schedule?.price.loss)
    let page = HTMLReport.page(of: try SampleRelease.certifiedRun.release())
    #expect(page.contains("run 2 of 30, one each day on 2026-11-01 to 2026-11-30"))
    #expect(page.contains("All 30 runs of the schedule</th><td>\(price.epsilon) = "))
    #expect(page.contains("composed tightly, which is less than their sum"))
    #expect(page.contains("This run by itself</th><td>1</td>"))
    let summed = HTMLReport.page(of: try SampleRelease.summedRun.release())
    #expect(summed.contains("All 3 runs of the schedule</th><td>3</td>"))
    #expect(!summed.contains("composed tightly"))
    #expect(!HTMLReport.page(of: try SampleRelease().release()).contains("of the schedule"))
  }

  @Test func `says whether the release is signed, and how that is checked`() throws {
    let release = try SampleRelease().release()
    #expect(HTMLReport.page(of: release).contains("none: the owner's policy names no key"))
    let key = String(repeating: "7", count: 64)
    let signature = ReleaseSignature(publicKey: key, value: String(repeating: "8", count: 128))
    let signed = Release(body: release.body, receipt: release.receipt.signed(signature))
    let page = HTMLReport.page(of: signed)
    #expect(page.contains("Ed25519, by the key <code>\(key)</code>"))
    #expect(page.contains("hubbub verify release.json --public-key owner-public.pem"))
    #expect(!page.contains("names no key"))
  }

  @Test(arguments: hostile.indices)
  func `shows hostile text as text`(index: Int) throws {
    let value = Self.hostile[index]
    let page = HTMLReport.page(
      of: try SampleRelease(name: value, keys: [("intent", [value])], filters: ["a": [value]])
        .release()
    )
    // The same elements as a page with a harmless value, whatever the value.
    func tags(_ page: String) -> [Substring] {
      page.split(separator: "<").map { $0.prefix { $0.isLetter || $0 == "/" } }
    }
    let expected = HTMLReport.page(
      of: try SampleRelease(name: "a", keys: [("intent", ["a"])], filters: ["a": ["a"]]).release()
    )
    #expect(tags(page) == tags(expected))
    #expect(
      page.unicodeScalars.count { $0.value == 0 || $0.value == 0x1B || $0.value == 0x85 } == 0
    )
  }

  @Test func `loads nothing and runs only the script that it names`() throws {
    let page = HTMLReport.page(of: try SampleRelease().release())
    for part in ["http:", "https:", "src=", "@import", "url(", "<link", "<iframe", "fetch("] {
      #expect(!page.contains(part), "\(part)")
    }
    let start = try #require(page.firstRange(of: "<script>"))
    let end = try #require(page.firstRange(of: "</script>"))
    let script = page[start.upperBound..<end.lowerBound]
    let digest = Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString()
    #expect(page.contains("script-src 'sha256-\(digest)'"), "the digest is \(digest)")
    #expect(page.components(separatedBy: "<script").count == 2)
  }

  @Test func `says what the release says`() throws {
    let page = HTMLReport.page(of: try SampleRelease(epsilon: Rational(1, 3)).release())
    for part in [
      "1/3 (about 0.333334)", "e<sup>ε</sup></span> = 1.3957 times", "be at most 58.26% sure",
      "at most 4 cells per person, at most 2 signals in each of them and at most 6 signals in all",
      "<bdi>source</bdi> is <bdi>voice</bdi> or <bdi>search</bdi>", "hubbub verify release.json",
      "A count may be below zero", "counts tend to be low",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("raised to zero"))
  }

  @Test func `labels post-processing`() throws {
    let page = HTMLReport.page(of: try SampleRelease(nonnegative: true).release())
    #expect(page.contains("Counts below zero were raised to zero after the noise"))
    #expect(!page.contains("A count may be below zero"))
  }

  @Test func `warns of a large epsilon`() throws {
    let page = HTMLReport.page(of: try SampleRelease(epsilon: 1_000_000).release())
    #expect(page.contains("This ε is large."))
    #expect(page.contains("1,000,000"))
  }

  @Test func `shows the largest cells of many, and says so`() throws {
    let values = (0..<2500).map { "cell-\($0)" }
    let sample = SampleRelease(
      keys: [("intent", values)],
      fileSHA256: nil,
      measures: [.signals],
      count: { cell, _ in Int64(cell) }
    )
    let page = HTMLReport.page(of: try sample.release())
    #expect(page.contains("Only the 2,000 cells with the largest numbers of signals are shown"))
    #expect(page.contains("the other 500 are in"))
    #expect(page.contains("<bdi>cell-500</bdi>") && page.contains("<bdi>cell-2499</bdi>"))
    #expect(!page.contains("<bdi>cell-499</bdi>"))
  }

  @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
  func `draws extreme counts`(count: Int64) throws {
    let sample = SampleRelease(
      keys: [("intent", ["a"])],
      measures: [.signals],
      count: { _, _ in count }
    )
    let page = HTMLReport.page(of: try sample.release())
    #expect(page.contains("data-v=\"\(count)\""))
    #expect(!page.contains("nan") && !page.contains("inf%"))
  }
}
