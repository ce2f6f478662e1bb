// ConsentRegistryTests.swift: which signals a registry of consents lets through.
// Reference: `docs/consent.md`.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivateAggregation

@Suite struct `Consent registry` {
  /// Whether a registry allows a unit at 2026-11-15T12:00:00Z, or at a time that is not known.
  static func allows(
    _ text: String,
    _ unit: String = "a",
    purpose: String = "reports",
    isTimed: Bool = true,
    name: String = "consent.csv"
  ) throws -> Bool {
    let folder = try TemporaryDirectory()
    let path = try folder.write(text, to: name)
    let table = try ConsentTable.read(ConsentRequest(registry: path, purpose: purpose))
    return withSlice(unit) { table.allows($0, at: isTimed ? 1_794_744_000 : nil) }
  }

  static let header = "unit,purpose,from,until,withdrawn\n"

  @Test(arguments: [
    ("a,reports,,,", true), ("a,other,,,", false), ("b,reports,,,", false),
    ("a,Reports,,,", false), ("A,reports,,,", false),
    ("a,reports,2026-11-15,2026-11-16,", true), ("a,reports,2026-11-16,,", false),
    ("a,reports,,2026-11-15,", false), ("a,reports,2026-11-15T12:00:00Z,,", true),
    ("a,reports,2026-11-15T12:00:01Z,,", false), ("a,reports,,2026-11-15T12:00:00Z,", false),
    ("a,reports,,2026-11-15T12:00:01Z,", true), ("a,reports,1794744000,1794744001,", true),
    ("a,reports,2026-11-15T13:00:00+01:00,,", true), ("a,reports,2026-11-30,2026-11-01,", false),
    // What cannot be read grants nothing, and neither does a row of another shape.
    ("a,reports,soon,,", false), ("a,reports,,never,", false), ("a,reports,2026-11-31,,", false),
    ("a,reports, ,,", false),
    // Several rows are joined.
    ("a,reports,2026-11-01,2026-11-10,\na,reports,2026-11-10,2026-11-20,", true),
    ("a,reports,2026-11-01,2026-11-10,\na,reports,2026-11-20,,", false),
    ("a,reports,x,,\na,reports,,,", true), ("\"a\",\"reports\",,,", true),
    // A withdrawal is for good, wherever it stands and whatever else its row holds.
    ("a,reports,,,2026-12-01", false), ("a,reports,,,true", false), ("a,reports,,,x", false),
    ("a,reports,,,no", true), ("a,reports,,,FALSE", true), ("a,reports,,,0", true),
    ("a,reports,,,\na,reports,,,yes", false), ("a,reports,,,yes\na,reports,,,", false),
    ("a,reports,,,\na,reports,never,x,yes", false), ("a,reports,,,\na,other,,,yes", true),
    ("a,reports,,,\nb,reports,,,yes", true),
  ])
  func `allows a signal of noon on 2026-11-15`(rows: String, isAllowed: Bool) throws {
    #expect(try Self.allows(Self.header + rows + "\n") == isAllowed)
  }

  @Test(arguments: [
    ("a,reports,,,", true), ("a,reports,2026-11-01,,", false), ("a,reports,,2027-01-01,", false),
    ("a,reports,2026-11-01,,\na,reports,,,", true), ("a,reports,,,1", false),
  ])
  func `grants only what has no ends where a time is not known`(
    rows: String,
    isAllowed: Bool
  ) throws {
    #expect(try Self.allows(Self.header + rows + "\n", isTimed: false) == isAllowed)
  }

  @Test(arguments: [
    ("consent.csv", "purpose,until,unit,from\nreports,,a,\n"),
    ("consent.csv", "unit,purpose,from,until\na,reports,,\n\n"),
    ("consent.jsonl", #"{"unit":"a","purpose":"reports","from":null,"withdrawn":false}"#),
    ("consent.jsonl", #"{"unit":"a","purpose":"reports","from":1794744000}"#),
    ("consent", "\u{FEFF}unit,purpose,from,until\r\na,reports,,\r\n"),
  ])
  func `is read in each of its forms`(name: String, text: String) throws {
    #expect(try Self.allows(text, name: name))
    #expect(try !Self.allows(text, "b", name: name))
  }

  @Test(
    arguments: [
      ("", .noHeader, true), ("unit,from\n", .missingColumn("purpose"), true),
      ("purpose\n", .missingColumn("unit"), true),
      ("unit,purpose,until,withdrawn\n", .missingColumn("from"), true),
      ("unit,purpose,from,expires\n", .missingColumn("until"), true),
      ("unit,purpose,unit\n", .duplicateColumn("unit"), true),
      ("unit,purpose,from,from\n", .duplicateColumn("from"), true),
      ("\u{1F}\u{8B}", .damaged, false), (nil, .missing, false),
    ] as [(String?, SignalFileError.Kind, Bool)]
  )
  func `is refused before a row is read`(
    text: String?,
    kind: SignalFileError.Kind,
    isInvalid: Bool
  ) throws {
    let folder = try TemporaryDirectory()
    var path = folder.appending("none.csv")
    if let text {
      path = try folder.write(
        bytes: kind == .damaged ? [0x1F, 0x8B, 8, 0] : Array(text.utf8),
        to: "consent.csv"
      )
    }
    let request = ConsentRequest(registry: path, purpose: "reports")
    let error = #expect(throws: ConsentRegistryError.self) { try ConsentRegistry(request) }
    #expect(error == ConsentRegistryError(path: path, kind: .file(kind)))
    #expect(error?.isInvalidInput == isInvalid)
    #expect(error?.description.hasPrefix("\(path): the consent registry") == true)
  }

  @Test func `is no device`() {
    let request = ConsentRequest(registry: "/dev/null", purpose: "reports")
    let error = #expect(throws: ConsentRegistryError.self) { try ConsentTable.read(request) }
    #expect(error?.kind == .notAFile && error?.isInvalidInput == true)
  }

  @Test(arguments: [
    ("Withdrawn", "withdrawn"), ("withdrawn_at", "withdrawn"), ("expires", nil), ("From", "from"),
  ])
  func `has no other column, which would switch withdrawals off`(
    column: String,
    near: String?
  ) throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write("unit,purpose,from,until,\(column)\n", to: "consent.csv")
    let request = ConsentRequest(registry: path, purpose: "reports")
    let error = #expect(throws: ConsentRegistryError.self) { try ConsentRegistry(request) }
    #expect(error?.kind == .unknownColumn(5, near: near) && error?.isInvalidInput == true)
    #expect(error?.description.contains(near.map { "did you mean `\($0)`" } ?? "column 5") == true)
  }

  /// A withdrawal may stand in each of them, or be swallowed by it.
  @Test(arguments: [
    ("consent.csv", "a,reports,,"), ("consent.csv", "b,reports,,,,"),
    ("consent.csv", ",reports,,,yes"), ("consent.csv", "a,,,,yes"),
    ("consent.csv", "b,other,,,\"\na,reports,,,yes\n"),
    ("consent.csv", "b,other,\",,\na,reports,,,yes\nb,other,,\",,"),
    ("consent.jsonl", #"{"unit":"a","purpose":"reports","withdrawn":}"#),
    ("consent.jsonl", #"{"unit":"a","purpose":"reports","withdrawn_at":"2026-11-20"}"#),
    ("consent.jsonl", #"{"unit":["a"],"purpose":"reports","withdrawn":true}"#),
    ("consent.jsonl", #"{"unit":"a","purpose":{"is":"reports"},"withdrawn":true}"#),
    ("consent.jsonl", #"{"unit":"a","purpose":"reports","withdrawn":true,"withdrawn":null}"#),
  ])
  func `is refused whole where a record cannot be read`(name: String, record: String) throws {
    let folder = try TemporaryDirectory()
    let first =
      name == "consent.csv"
      ? Self.header + "a,reports,,,\n" : #"{"unit":"a","purpose":"reports"}"# + "\n"
    let path = try folder.write(first + record + "\n", to: name)
    let request = ConsentRequest(registry: path, purpose: "reports")
    let error = #expect(throws: ConsentRegistryError.self) { try ConsentTable.read(request) }
    #expect(error == ConsentRegistryError(path: path, kind: .broken))
    #expect(error?.isInvalidInput == false)
  }

  @Test(arguments: [
    (#""withdrawn":null"#, true), (#""until":null"#, true),
    (#""withdrawn":{"at":"2026-11-20"}"#, false),
    (#""withdrawn":[]"#, false), (#""until":["2030-01-01"]"#, false), (#""from":{}"#, false),
  ])
  func `tells what is nested from what is not there`(member: String, isAllowed: Bool) throws {
    let row = #"{"unit":"a","purpose":"reports",\#(member)}"# + "\n"
    #expect(try Self.allows(row, name: "consent.jsonl") == isAllowed)
    // A nested withdrawal is for good; a nested end grants nothing and takes nothing away.
    let other = #"{"unit":"a","purpose":"reports"}"# + "\n"
    let isWithdrawal = member.hasPrefix(#""withdrawn""#) && !isAllowed
    #expect(try Self.allows(other + row, name: "consent.jsonl") == !isWithdrawal)
  }
}

/// Signals and a registry that are made up, and the exact counts under both.
struct RegistryRun {
  let folder: TemporaryDirectory
  let files: [String]
  let registry: String
  /// The signals and the registry, row by row.
  private(set) var rows: [[String]] = []
  private(set) var consents: [[String]] = []

  /// Half of the units have a row or two; some withdrew.
  init(seed: UInt64, without unit: String? = nil) throws {
    var random = SeededGenerator(seed: seed)
    folder = try TemporaryDirectory()
    for _ in 0..<1500 {
      let day = "2026-11-\(Int.random(in: 10...29, using: &random))"
      rows.append([
        "u\(Int.random(in: 0..<40, using: &random))", "r\(Int.random(in: 0..<4, using: &random))",
        day + "T0\(Int.random(in: 0...9, using: &random)):00:00Z",
        ["voice", "search"][Int.random(in: 0..<2, using: &random)],
      ])
    }
    for _ in 0..<40 {
      let isOut = Int.random(in: 0..<8, using: &random) == 0
      consents.append([
        "u\(Int.random(in: 0..<40, using: &random))",
        Int.random(in: 0..<5, using: &random) == 0 ? "other" : "reports",
        ["", "2026-11-12", "2026-11-20T05:00:00Z"][Int.random(in: 0..<3, using: &random)],
        ["", "2026-11-25", "x"][Int.random(in: 0..<3, using: &random)], isOut ? "2026-12-01" : "",
      ])
    }
    rows.removeAll { $0[0] == unit }
    consents.removeAll { $0[0] == unit }
    func text(_ rows: some Sequence<[String]>) -> String {
      rows.map { $0.joined(separator: ",") + "\n" }.joined()
    }
    files = [
      try folder.write("u,v,t,s\n" + text(rows.prefix(700)), to: "a.csv"),
      try folder.write("u,v,t,s\n" + text(rows.dropFirst(700)), to: "b.csv"),
    ]
    registry = try folder.write(
      `Consent registry`.header + text(consents),
      to: "consent.csv"
    )
  }

  func specification(
    _ unit: PrivacyUnit = .person,
    bounds: ContributionBounds,
    asksRegistry: Bool = true
  ) throws -> ReportSpecification {
    try Samples.specification(
      files: files,
      columns: [
        .unit: ColumnReference(name: "u"), .region: ColumnReference(name: "v"),
        .time: ColumnReference(name: "t"), .source: ColumnReference(name: "s"),
      ],
      privacyUnit: unit,
      bounds: bounds,
      groupBy: [.region, .source],
      cells: [.region: ["r0", "r1", "r3"], .source: ["voice", "search"]],
      consent: asksRegistry ? ConsentRequest(registry: registry, purpose: "reports") : nil
    )
  }
}

@Suite struct `Signals under a registry` {
  @Test(arguments: PrivacyUnit.allCases, [1, 2, 5])
  func `are counted on all threads as one by one`(unit: PrivacyUnit, threads: Int) throws {
    for seed in 0..<4 as Range<UInt64> {
      let run = try RegistryRun(seed: seed)
      let ways = TwoWays(
        specification: try run.specification(unit, bounds: Samples.bounds(2, 2, 3)),
        key: Samples.key(seed)
      )
      let expected = try ways.oneByOne()
      #expect(expected[0].contains { $0 > 0 })
      #expect(try ways.parallel(threads: threads, blockSize: 700) == expected)
    }
  }

  @Test func `are those that a plain look at both files leaves`() throws {
    for seed in 10..<16 as Range<UInt64> {
      let run = try RegistryRun(seed: seed)
      var counts: [String: Int64] = [:]
      for row in run.rows {
        let mine = run.consents.filter { $0[0] == row[0] && $0[1] == "reports" }
        guard mine.allSatisfy({ $0[4].isEmpty }) else { continue }
        // All times here are of one form, so they are in order as texts are.
        let isAllowed = mine.contains { consent in
          consent[3] != "x" && consent[2] <= row[2] && (consent[3].isEmpty || row[2] < consent[3])
        }
        if isAllowed { counts[row[1] + "," + row[3], default: 0] += 1 }
      }
      let expected = ["r0", "r1", "r3"].flatMap { region in
        ["voice", "search"].map { counts["\(region),\($0)"] ?? 0 }
      }
      let specification = try run.specification(bounds: Samples.bounds(100, 1000))
      #expect(try Samples.counts(specification)[0] == expected)
      #expect(expected.contains { $0 > 0 })
      let everybody = try run.specification(bounds: Samples.bounds(100, 1000), asksRegistry: false)
      #expect(try Samples.counts(everybody)[0] != expected)
    }
  }

  /// Bounds of one unit span both sources and both files: without it no more than that is gone.
  @Test(arguments: 20..<32 as Range<UInt64>)
  func `differ by at most the sensitivity without one unit and its rows`(seed: UInt64) throws {
    let bounds = try Samples.bounds(3, 2, 5)
    let whole = try RegistryRun(seed: seed)
    var largest = 0
    for unit in Set(whole.rows.map { $0[0] }).sorted().prefix(12) {
      let less = try RegistryRun(seed: seed, without: unit)
      let left = try Samples.counts(whole.specification(bounds: bounds), seed: seed)
      let right = try Samples.counts(less.specification(bounds: bounds), seed: seed)
      let changes = zip(left, right).map { pair in
        zip(pair.0, pair.1).reduce(0) { $0 + Int(abs($1.0 - $1.1)) }
      }
      #expect(changes[0] <= 5 && changes[1] <= 3)
      largest = max(largest, changes[0])
    }
    #expect(largest == 5)
  }
}
