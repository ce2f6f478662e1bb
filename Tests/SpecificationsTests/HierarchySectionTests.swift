// HierarchySectionTests.swift: regions that lie in one another, read from files, and what is wrong in them.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import PrivateAggregation
import TestSupport
import Testing

@testable import Specifications

@Suite struct `Hierarchy files` {
  static let levels = "nation,state,county\nUS,CA,06001\nUS,NY,36001\nUS,CA,06003\nUS,GU,\n"
  static let parents =
    "code,name,parent\n06001,A,CA\nCA,,US\nUS,,\nNY,,US\n06003,,CA\n36001,,NY\nGU,,US\n"

  /// The hierarchy of a spec whose regions stand in a file.
  static func read(
    _ file: String,
    _ more: String = "",
    _ changes: [String: String?] = [:]
  ) throws -> ReportSpecification {
    let folder = try TemporaryDirectory()
    _ = try folder.write(file, to: "regions.csv")
    let spec = changes.merging(["regions": "{hierarchy: regions.csv\(more)}"]) { $1 }
    return try Samples.read(Samples.spec(spec), in: folder.path)
  }

  static func problem(
    _ file: String,
    _ more: String = "",
    _ changes: [String: String?] = [:]
  ) throws -> String {
    let folder = try TemporaryDirectory()
    _ = try folder.write(file, to: "regions.csv")
    let spec = changes.merging(["regions": "{hierarchy: regions.csv\(more)}"]) { $1 }
    let problem = Samples.problem(Samples.spec(spec), in: folder.path) ?? "none"
    return problem.replacingOccurrences(of: folder.path + "/", with: "")
  }

  @Test func `give regions level by level, those of one parent side by side`() throws {
    for (file, names) in [
      (Self.levels, ["nation", "state", "county"]),
      (Self.parents, ["level 1", "level 2", "level 3"]),
    ] {
      let specification = try Self.read(file)
      let hierarchy = try #require(specification.hierarchy)
      #expect(hierarchy.levels.map(\.name) == names)
      #expect(hierarchy.levels.map(\.count) == [1, 3, 3])
      #expect(hierarchy.levels.map(\.share) == Array(repeating: Rational(1, 3), count: 3))
      #expect(
        specification.cells[.region]?.values == ["US", "CA", "NY", "GU", "06001", "06003", "36001"]
      )
      #expect(hierarchy.tree.parents == [nil, 0, 0, 0, 1, 1, 2])
      #expect(hierarchy.leaves == [3, 4, 5, 6])
      #expect(hierarchy.consistency == .exact)
    }
  }

  @Test func `may name their columns, add a top and give shares`() throws {
    let specification = try Self.read(
      "fips,state,name\n06001,CA,Alameda\n36001,NY,Albany\n",
      ", levels: [state, fips], root: US, shares: [1/2, 1/4, 0.25], consistent: whole"
    )
    let hierarchy = try #require(specification.hierarchy)
    #expect(hierarchy.levels.map(\.name) == ["all", "state", "fips"])
    #expect(hierarchy.levels.map(\.share) == [Rational(1, 2), Rational(1, 4), Rational(1, 4)])
    #expect(specification.cells[.region]?.values == ["US", "CA", "NY", "06001", "36001"])
    #expect(hierarchy.consistency == .whole)
    let named = try Self.read(Self.parents, ", levels: [nation, state, county]")
    #expect(named.hierarchy?.levels.map(\.name) == ["nation", "state", "county"])
  }

  @Test func `may have several tops`() throws {
    let hierarchy = try #require(try Self.read("a,b\nEU,DE\nNA,US\nEU,FR\n").hierarchy)
    #expect(hierarchy.tree.parents == [nil, nil, 0, 0, 1])
  }

  /// A file, what the spec says beside it, and how the error begins.
  static let mistakes: [(String, String, String)] = [
    (
      "code,parent\nUS,\nCA,NY\nNY,CA\n", "",
      "regions.csv:3: gives a region that lies in itself (the circle goes through the lines 3, 4)"
    ),
    (
      "code,parent\nUS,\nCA,CA\n", "",
      "regions.csv:3: gives a region that lies in itself (the circle goes through this line)"
    ),
    ("code,parent\nCA,US\nUS,CA\n", "", "regions.csv:2: gives a region that lies in itself"),
    ("code,parent\nUS,\nCA,UK\n", "", "regions.csv:3: names a parent that no line gives as a code"),
    ("code,parent\nUS,\nCA,US\nCA,US\n", "", "regions.csv:4: has the same code as line 3"),
    (
      "code,parent\nUS,\nUK,\nCA,US\nCA,UK\n", "",
      "regions.csv:5: puts a region under another one than line 4 does"
    ),
    ("code,parent\nUS,\n,US\n", "", "regions.csv:3: has an empty code"),
    ("code,parent\n", "", "regions.csv: has a header and no regions"),
    ("code,parent\nUS\n", "", "regions.csv:2: has 1 fields where the header has 2"),
    ("a,b\nUS,CA\nUK,CA\n", "", "regions.csv:3: puts a region under another one than line 2 does"),
    ("a,b\nUS,US\n", "", "regions.csv:2: puts a region under another one than line 2 does"),
    ("a,b\nUS,CA\nUS,CA\n", "", "regions.csv:3: gives a region again that line 2 gives already"),
    ("a,b\nUS,CA\nUS,\n", "", "regions.csv:3: gives a region again that line 2 gives already"),
    ("a,b\nUS,\nUS,CA\n", "", "regions.csv:3: gives a region again that line 2 gives already"),
    ("a,b,c\nUS,,CA\n", "", "regions.csv:2: leaves out a level above another"),
    ("a,b\n,CA\n", "", "regions.csv:2: leaves out a level above another"),
    ("a,b\n,\n", "", "regions.csv:2: names no region"),
    ("a,b,c\nUS,CA,\nUS,NY,\n", "", "regions.csv: has no region in column 3, which is a level"),
    ("a,\nUS,CA\n", "", "regions.csv:1: has a column without a name or two of one name (column 2)"),
    (
      "a,a\nUS,CA\n", "", "regions.csv:1: has a column without a name or two of one name (column 2)"
    ),
    ("", "", "regions.csv: is empty"), ("a,b\nUS,\"CA\n", "", "regions.csv:2: has a quote"),
    ("a\nUS\n", "", "spec.yaml:6:22: regions.hierarchy: `regions.csv` has one level"),
    ("a,b\nUS,CA\n", ", root: CA", "regions.csv:2: gives the code of the region that `root` adds"),
    (
      "a,b\nUS,CA\n", ", levels: [a, c]",
      "spec.yaml:6:47: regions.levels[2]: `regions.csv` has no column `c`"
    ),
    (
      "code,parent\nUS,\nCA,US\n", ", levels: [a]",
      "spec.yaml:6:44: regions.levels[1]: the file has 2 levels and 1 names"
    ),
    (
      "a,b\nUS,CA\n", ", levels: [a, a]",
      "regions.csv:2: puts a region under another one than line 2"
    ),
    (
      "a,b\nUS,CA\n", ", shares: [1/2]",
      "spec.yaml:6:43: regions.shares: has 1 shares for 2 levels (a, b)"
    ),
    (
      "a,b\nUS,CA\n", ", shares: [1/2, 2/3]",
      "spec.yaml:6:43: regions.shares: the shares add up to 7/6"
    ),
    ("a,b\nUS,CA\n", ", shares: [0, 1]", "spec.yaml:6:44: regions.shares[1]: a share lies above 0"),
    (
      "a,b\nUS,CA\n", ", shares: [1/2, 1/2], optimise: worst",
      "spec.yaml:6:65: regions.optimise: `shares` says already"
    ),
    (
      "a,b\nUS,CA\n", ", optimise: best",
      "spec.yaml:6:45: regions.optimise: `best` is not known; write average or worst"
    ),
    (
      "a,b\nUS,CA\n", ", consistent: yes",
      "spec.yaml:6:47: regions.consistent: `yes` is not known; write none, exact or whole"
    ),
    (
      "a,b\nUS,CA\n", ", radius: [10 mi]",
      "spec.yaml:6:10: regions: regions by radius, polygon or grid are told from coordinates"
    ),
    (
      "a,b\nUS,CA\n", ", column: a",
      "spec.yaml:6:43: regions.column: `hierarchy` and `column` say two things"
    ),
    ("a,b\nUS,C\u{7}A\n", "", "regions.csv:2: has a line break or a control character"),
  ]

  @Test(arguments: mistakes.indices)
  func `that are wrong are refused with their line and a way out`(index: Int) throws {
    let (file, more, expected) = Self.mistakes[index]
    let problem = try Self.problem(file, more)
    #expect(problem.hasPrefix(expected), "\(problem)")
    #expect(problem.contains(";") || problem.contains(","), "\(problem)")
  }

  @Test func `go only with what is offered beside them`() throws {
    let hidden = try Self.problem(
      Self.levels,
      "",
      ["intents": "private", "budget": "{epsilon: 1, delta: 1e-9}"]
    )
    #expect(
      hidden.contains("a hierarchy needs a list for every other key, and `intent` is private")
    )
    let schedule = try Self.problem(Self.levels, "", ["schedule": "{every: day, times: 3}"])
    #expect(schedule.contains("runs that are declared together are not offered with a hierarchy"))
    let raised = try Self.problem(Self.levels, "", ["output": "{nonnegative: true}"])
    #expect(raised.contains("`nonnegative` would raise the raw counts"))
    let units = try Self.problem(
      Self.levels,
      ", consistent: whole",
      ["measures": "[{count: units}]"]
    )
    #expect(units.contains("`consistent: whole` is for signals, which are not counted"))
    let intents = Samples.problem(Samples.spec(["intents": "{hierarchy: x.csv}"])) ?? ""
    #expect(intents.contains("only regions can lie in one another"))
  }

  @Test func `change the digest of the spec`() throws {
    let one = try Self.read(Self.levels)
    let other = try Self.read(Self.levels + "US,NY,36003\n")
    #expect(one.digest != other.digest && one.sha256 == other.sha256)
  }
}

@Suite struct `Shares of levels` {
  static func variances(
    _ shares: [Rational],
    _ tree: TreeShape,
    _ levels: [Int]
  ) throws -> [Rational] {
    let own = shares.map { ($0 * $0).reciprocal }
    return try TreeConsistency(tree, variances: levels.map { own[$0] }).variances
  }

  /// No share that could be moved would make the error less.
  @Test(arguments: LevelShares.Goal.allCases)
  func `are the best for the error that is stated`(goal: LevelShares.Goal) throws {
    let counts = [1, 4, 12]
    let tree = TreeShape(
      parents: [nil] + (0..<4).map { _ in 0 } + (0..<12).map { 1 + $0 / 3 }
    )
    let levels = [0] + Array(repeating: 1, count: 4) + Array(repeating: 2, count: 12)
    func error(_ shares: [Rational]) throws -> Rational {
      let variances = try Self.variances(shares, tree, levels)
      if goal == .worst { return variances.max() ?? 0 }
      return (0..<3).reduce(.zero) { sum, level in
        let own = levels.indices.filter { levels[$0] == level }.map { variances[$0] }
        return sum + own.reduce(.zero, +) / Rational(counts[level])
      }
    }
    let best = LevelShares.best(for: goal, tree, counts: counts, isConsistent: true)
    #expect(best.reduce(.zero, +) == 1)
    #expect(best.allSatisfy { $0.signum > 0 })
    let least = try error(best)
    let third = Rational(1, 3)
    #expect(try error([third, third, third]) >= least)
    for giver in 0..<3 {
      for taker in 0..<3 where taker != giver {
        var other = best
        other[giver] -= Rational(1, 24)
        other[taker] += Rational(1, 24)
        guard other[giver].signum > 0 else { continue }
        #expect(try error(other) >= least)
      }
    }
  }

  @Test func `are equal where nothing is made of the counts`() {
    let tree = TreeShape(parents: [nil, 0, 0])
    #expect(
      LevelShares.best(for: .worst, tree, counts: [1, 2], isConsistent: false)
        == [Rational(1, 2), Rational(1, 2)]
    )
  }
}
