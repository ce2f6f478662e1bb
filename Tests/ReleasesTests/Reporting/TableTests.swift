// TableTests.swift: the tables for terminals and spreadsheets hold the cells, unaltered.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Reporting
import TestSupport
import Testing

@Suite struct `counts.csv` {
  @Test func `has a row for each cell, with counts and half-widths`() throws {
    let text = CountsCSV.text(of: try SampleRelease().release())
    #expect(
      text == """
        region,intent,signals,signals_half_width,units,units_half_width
        01001,auto.suv,-12,36,-15,24
        01001,home.loan,173,36,170,24
        06037,auto.suv,358,36,355,24
        06037,home.loan,38,36,35,24
        36061,auto.suv,223,36,220,24
        36061,home.loan,408,36,405,24

        """
    )
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
    ("a\r\nb", "\"a\r\nb\""), (" a", "\" a\""), ("", "\"\""), ("=1+1", "=1+1"), ("@x", "@x"),
    ("e\u{301}", "e\u{301}"), ("\u{0}", "\u{0}"),
  ])
  func `quotes as RFC 4180 asks and alters nothing`(value: String, field: String) throws {
    let sample = SampleRelease(
      keys: [("intent", [value])],
      measures: [.units],
      count: { _, _ in 7 }
    )
    let text = CountsCSV.text(of: try sample.release())
    #expect(Array(text.utf8) == Array("intent,units,units_half_width\n\(field),7,12\n".utf8))
  }

  @Test func `takes a release without keys`() throws {
    let sample = SampleRelease(keys: [], measures: [.units], count: { _, _ in 7 })
    #expect(CountsCSV.text(of: try sample.release()) == "units,units_half_width\n7,12\n")
  }
}

@Suite struct `Terminal table` {
  @Test func `aligns keys to the left and counts to the right`() throws {
    let text = TerminalTable.text(of: try SampleRelease().release(), width: 80)
    #expect(
      text == """
        weekly-intent (release 2026-11-weekly-1, 6 cells)
        region  intent     signals      units
        01001   auto.suv       -12 ±36    -15 ±24
        01001   home.loan      173 ±36    170 ±24
        06037   auto.suv       358 ±36    355 ±24
        06037   home.loan       38 ±36     35 ±24
        36061   auto.suv       223 ±36    220 ±24
        36061   home.loan      408 ±36    405 ±24

        signals: ±36 for each cell by itself, ±57 for all cells at once (95%, noise alone)
        units: ±24 for each cell by itself, ±38 for all cells at once (95%, noise alone)
        cost ε = 1 per person; remained ε = 9, δ = 1e-9

        """
    )
  }

  @Test func `says which run of a schedule it is, what all cost and what this one would`() throws {
    let certified = TerminalTable.text(of: try SampleRelease.certifiedRun.release(), width: 80)
    let price = try #require(try SampleRelease.certifiedRun.body().schedule?.price.loss.epsilon)
    #expect(
      certified.hasSuffix(
        """
        run 2 of 30, one each day, of 2026-11-02; all together cost \
        ε = \(price.decimal(digits: 12, .up)), δ = 1e-8 per person, by the certified rule
        by itself this run would cost ε = 1 per person; remained ε = 9, δ = 1e-9

        """
      )
    )
    let summed = TerminalTable.text(of: try SampleRelease.summedRun.release(), width: 80)
    #expect(summed.contains("all together cost ε = 3 per person, the sum of the runs\n"))
  }

  @Test func `counts wide characters twice and marks not at all`() throws {
    let values = ["\u{6771}\u{4EAC}", "Zu\u{308}rich", "\u{1F600}", "\u{1F1E9}\u{1F1EA}", "abcdef"]
    let sample = SampleRelease(keys: [("region", values)], measures: [.units], count: { _, _ in 5 })
    let lines = TerminalTable.text(of: try sample.release(), width: 80).split(separator: "\n")
    #expect(
      lines[2...6].map(String.init) == [
        "\u{6771}\u{4EAC}        5 ±12", "Zu\u{308}rich      5 ±12", "\u{1F600}          5 ±12",
        "\u{1F1E9}\u{1F1EA}          5 ±12", "abcdef      5 ±12",
      ]
    )
  }

  @Test func `cuts keys, never counts, in a narrow terminal`() throws {
    let sample = SampleRelease(
      keys: [("region", [String(repeating: "x", count: 90)])],
      measures: [.units],
      count: { _, _ in 1_234_567 }
    )
    let lines = TerminalTable.text(of: try sample.release(), width: 30).split(separator: "\n")
    #expect(lines[2] == "xxxxxxxxxxxxxxxx\u{2026}  1234567 ±12")
    let narrow = TerminalTable.text(of: try sample.release(), width: 1).split(separator: "\n")
    #expect(narrow[2] == "xxxxx\u{2026}  1234567 ±12")
  }

  @Test func `lets no value steer the terminal`() throws {
    let values = ["\u{1B}[31mred", "a\nb", "\u{202E}x", "\u{7}\u{0}"]
    let sample = SampleRelease(name: "\u{1B}]0;x\u{7}", keys: [("region", values)])
    let text = TerminalTable.text(of: try sample.release(), width: 200)
    #expect(text.contains("\\u{1b}[31mred") && text.contains("a\\u{a}b"))
    #expect(
      text.unicodeScalars.allSatisfy { scalar in
        scalar == "\n" || scalar.value >= 0x20 && scalar.value != 0x202E
      }
    )
  }

  @Test func `shows the first of many rows and where the others are`() throws {
    let sample = SampleRelease(
      keys: [("intent", (0..<1500).map { "cell-\($0)" })],
      measures: [.units]
    )
    let lines = TerminalTable.text(of: try sample.release(), width: 80).split(separator: "\n")
    #expect(lines[41].hasPrefix("cell-39 "))
    #expect(lines[42] == "... 1,460 more, see counts.csv")
  }
}
