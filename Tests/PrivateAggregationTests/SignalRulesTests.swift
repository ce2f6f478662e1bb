// SignalRulesTests.swift: which signals count, for whom and in which cell.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Signal rules` {
  /// The exact counts of signals of a one-key spec over CSV text.
  static func signals(
    _ text: String,
    columns: [SignalColumn: ColumnReference],
    filters: [SignalColumn: [String]] = [:],
    window: TimeWindow? = nil,
    groupBy: [GroupKey],
    cells: [GroupKey: [String]]
  ) throws -> [Int64] {
    let folder = try TemporaryDirectory()
    let path = try folder.write(text, to: "signals.csv")
    return try Samples.counts(
      try Samples.specification(
        files: [path],
        columns: columns,
        filters: filters,
        window: window,
        groupBy: groupBy,
        cells: cells
      )
    )[0]
  }

  @Test(arguments: [
    ("true", true), ("TRUE", true), ("1", true), ("Yes", true), ("false", false), ("0", false),
    ("no", false), ("", false), ("maybe", false), (" true", false), ("2026-11-02", true),
    ("2026-11-01", false), ("2026-11-01T00:00:01Z", true), ("1793491201", true),
    ("1793491200", false), ("2026-13-01", false), ("yess", false),
  ])
  func `count a signal of 2026-11-01 only with consent`(text: String, isValid: Bool) throws {
    #expect(withSlice(text) { Consent.isValid($0, at: 1_793_491_200) } == isValid)
    let columns: [SignalColumn: ColumnReference] = [
      .unit: .init(name: "u"), .region: .init(name: "r"), .time: .init(name: "t"),
      .consent: .init(name: "c"),
    ]
    let counts = try Self.signals(
      "u,r,t,c\na,n,2026-11-01,\(text)\n",
      columns: columns,
      groupBy: [.region],
      cells: [.region: ["n"]]
    )
    #expect(counts == [isValid ? 1 : 0])
  }

  @Test func `take no expiry for consent where the time is not known`() {
    #expect(!withSlice("2999-01-01") { Consent.isValid($0, at: nil) })
    #expect(withSlice("yes") { Consent.isValid($0, at: nil) })
  }

  @Test func `filter by whole values`() throws {
    let counts = try Self.signals(
      "u,r,s\na,n,voice\na,n,Voice\na,n,voice \na,n,search\na,n,\na,s,search\n",
      columns: [.unit: .init(name: "u"), .region: .init(name: "r"), .source: .init(name: "s")],
      filters: [.source: ["voice", "search"]],
      groupBy: [.region],
      cells: [.region: ["s", "n"]]
    )
    #expect(counts == [1, 2])
  }

  @Test func `keep to a half-open window and drop unknown times`() throws {
    let counts = try Self.signals(
      "u,r,t\na,n,9\na,n,10\na,n,19\na,n,20\na,n,\na,n,soon\na,n,19.9\n",
      columns: [.unit: .init(name: "u"), .region: .init(name: "r"), .time: .init(name: "t")],
      window: TimeWindow(from: 10, to: 20, text: ["10", "20"]),
      groupBy: [.region],
      cells: [.region: ["n"]]
    )
    #expect(counts == [3])
  }

  @Test func `cut values to their prefix, in whole characters`() throws {
    let counts = try Self.signals(
      "u,r\na,\u{e9}ab\na,\u{e9}a\na,\u{e9}\na,e\u{301}a\na,\u{e9}b\n",
      columns: [.unit: .init(name: "u"), .region: .init(name: "r", prefix: 2)],
      groupBy: [.region],
      cells: [.region: ["\u{e9}a", "\u{e9}", "e\u{301}"]]
    )
    #expect(counts == [2, 1, 1])
  }

  @Test func `form cells of days, weeks, months and the empty value`() throws {
    let text = "u,r,t\na,,2026-11-01\na,,2026-11-02\na,n,2026-12-01T00:00:00+01:00\n"
    let columns: [SignalColumn: ColumnReference] = [
      .unit: .init(name: "u"), .region: .init(name: "r"), .time: .init(name: "t"),
    ]
    func counts(_ key: GroupKey, _ values: [String]) throws -> [Int64] {
      try Self.signals(text, columns: columns, groupBy: [key], cells: [key: values])
    }
    #expect(try counts(.day, ["2026-11-02", "2026-11-30", "2026-12-01"]) == [1, 1, 0])
    #expect(try counts(.week, ["2026-W44", "2026-W45", "2026-W49"]) == [1, 1, 1])
    #expect(try counts(.month, ["2026-12", "2026-11"]) == [0, 3])
    #expect(try counts(.region, ["n", "", "x"]) == [1, 2, 0])
  }

  @Test func `read two keys from one column`() throws {
    let counts = try Self.signals(
      "u,r\na,0101\na,0102\na,0201\n",
      columns: [
        .unit: .init(name: "u"), .region: .init(name: "r", prefix: 2), .intent: .init(name: "r"),
      ],
      groupBy: [.region, .intent],
      cells: [.region: ["01", "02"], .intent: ["0101", "0102", "0201"]]
    )
    #expect(counts == [1, 1, 0, 0, 0, 1])
  }

  @Test func `tell units apart by all their bytes`() throws {
    let folder = try TemporaryDirectory()
    let units = ["a", "A", "a ", " a", "\u{e9}", "e\u{301}", "1", "01", "a\u{0}", "\u{3b1}"]
    var text = "unit,region,intent\n"
    for unit in units + units + ["", ""] { text += "\"\(unit)\",n,x\n" }
    var bytes = Array(text.utf8)
    bytes += [0xFF, 0x2C, 0x6E, 0x2C, 0x78, 0x0A]
    let path = try folder.write(bytes: bytes, to: "units.csv")
    let counts = try Samples.counts(
      Samples.specification(files: [path], bounds: Samples.bounds(1, 1))
    )
    #expect(counts[0][0] == Int64(units.count))
    #expect(counts[1][0] == Int64(units.count))
  }

  @Test func `bound a person by the day or week where that is what is protected`() throws {
    let folder = try TemporaryDirectory()
    let text =
      "unit,region,intent,t\n"
      + [
        "a,n,x,2026-11-01T23:59:59Z", "a,n,x,2026-11-01T00:00:00Z", "a,n,x,2026-11-02",
        "a,n,x,2026-11-08", "a,n,x,2026-11-09", "a,n,x,2026-11-01T23:30:00-01:00",
        "b,n,x,2026-11-01",
        "c,n,x,",
      ].joined(separator: "\n")
    let path = try folder.write(text, to: "days.csv")
    func count(_ unit: PrivacyUnit) throws -> Int64 {
      let specification = try Samples.specification(
        files: [path],
        columns: Samples.columns.merging([.time: .init(name: "t")]) { $1 },
        privacyUnit: unit,
        bounds: Samples.bounds(1, 1)
      )
      return try Samples.counts(specification)[0][0]
    }
    #expect(try count(.person) == 3)
    #expect(try count(.personDay) == 5)
    #expect(try count(.personWeek) == 4)
  }
}
