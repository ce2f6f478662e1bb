// SelectionTests.swift: the rules that select cells, against reference values made without this code.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

/// Both enclosures hold the true value, so they meet; ours is as tight as it was asked to be.
private func agrees(_ ours: Enclosure, _ reference: [String], digits: Int = 40) throws -> Bool {
  try `Discrete Laplace law`.agrees(ours, with: reference, digits: digits)
}

private func terms(
  _ epsilon: String,
  _ delta: String,
  _ cells: Int
) throws -> SelectionTerms {
  try SelectionTerms(
    epsilon: Rational(parsing: epsilon),
    delta: Rational(parsing: delta),
    cells: cells
  )
}

@Suite struct `Laplace threshold` {
  static let records = SelectionFile.file?.threshold ?? []

  @Test func `is checked on every record of the file`() {
    #expect(Self.records.count == 12)
    #expect(Self.records.contains { $0.exact != $0.union })
  }

  @Test(arguments: records)
  func `agrees with every reference value`(_ record: SelectionFile.Threshold) throws {
    let selection = try CellSelection(
      .threshold,
      under: terms(record.epsilon, record.delta, record.cells),
      signalsPerCell: record.signals
    )
    guard case .threshold(let rule) = selection else {
      Issue.record("another rule")
      return
    }
    #expect(rule.law.scale == (try Rational(parsing: record.scale)))
    #expect(rule.threshold == BigInteger(record.exact))
    #expect(selection.threshold == BigInteger(record.exact))
    #expect(rule.unionThreshold == BigInteger(record.union))
    #expect(try agrees(rule.achievedDelta(digits: 40), record.achieved))
    let before = rule.achievedDelta(at: rule.threshold - 1, digits: 40)
    #expect(try agrees(before, record.before))
    for kept in record.keep {
      let ours = selection.keepProbability(of: kept.n, digits: 40)
      #expect(try agrees(ours, kept.bounds), "n = \(kept.n)")
    }
  }

  /// Thresholds by going up one integer at a time, from the law's other formula.
  @Test(arguments: [Rational(1, 10), Rational(1, 2), Rational(9, 10), Rational(999_999, 1_000_000)])
  func `is the smallest at a large delta too`(delta: Rational) {
    for (scale, change, cells) in [(Rational(1, 3), 1, 1), (5, 2, 3), (Rational(40), 7, 1)] {
      let rule = LaplaceThreshold(
        scale: scale,
        largestChange: BigInteger(change),
        cells: cells,
        delta: delta
      )
      func seen(_ threshold: BigInteger) -> Enclosure {
        let below = rule.law.cumulative(threshold - BigInteger(change) - 1, digits: 40)
        return Enclosure(.one, precision: 200) - below.power(cells)
      }
      #expect(seen(rule.threshold).isBelow(delta))
      #expect(seen(rule.threshold - 1).isAbove(delta))
      #expect(rule.unionThreshold >= rule.threshold)
    }
  }

  @Test func `gives the same probabilities far out, and never considers an empty cell`() throws {
    let rule = try CellSelection(.threshold, under: terms("1", "1e-6", 3))
    let far = rule.keepProbability(of: BigInteger(10).power(50), digits: 30)
    #expect(far.lower.rational < .one && far.upper.rational == .one && far.isTighter(than: 30))
    #expect(rule.keepProbability(of: 0, digits: 30).upper == .zero)
    #expect(rule.keepProbability(of: -5, digits: 30).upper == .zero)
  }

  @Test(arguments: [("1e-12", "1e-300", 1 << 30), ("10000", "1e-4000", 1), ("1e-30", "0.5", 3)])
  func `needs no time for extreme terms`(epsilon: String, delta: String, cells: Int) throws {
    let terms = try terms(epsilon, delta, cells)
    let elapsed = try ContinuousClock().measure {
      for rule in SelectionRule.allCases {
        let selection = try CellSelection(rule, under: terms, signalsPerCell: 1000)
        for n in [1, 2, 1000, BigInteger(10).power(40)] {
          let kept = selection.keepProbability(of: n, digits: 20)
          #expect(kept.isTighter(than: 20) && kept.upper.rational <= .one)
        }
      }
    }
    #expect(elapsed < .seconds(20))
  }
}

@Suite struct `Optimal selection` {
  static let records = SelectionFile.file?.optimal ?? []

  private static func rule(_ record: SelectionFile.Optimal) throws -> OptimalSelection {
    let split = try #require(CellDelta.Split(rawValue: record.split))
    let delta = try Rational(parsing: record.delta)
    let epsilon = try Rational(parsing: record.epsilon)
    return OptimalSelection(
      epsilonPerCell: epsilon / Rational(record.cells),
      delta: CellDelta(delta, cells: record.cells, split: split)
    )
  }

  @Test func `is checked on every record of the file`() {
    #expect(Self.records.count == 15)
    #expect(Self.records.allSatisfy { !$0.keep.isEmpty && $0.preThreshold.count == 4 })
  }

  @Test(arguments: records)
  func `agrees with every reference value`(_ record: SelectionFile.Optimal) throws {
    let rule = try Self.rule(record)
    #expect(rule.crossover == BigInteger(record.crossover))
    #expect(rule.certain == BigInteger(record.certain))
    #expect(try agrees(rule.delta.enclosure(precision: 160), record.perCell))
    for kept in record.keep {
      let ours = rule.keepProbability(of: kept.n, digits: 40)
      #expect(try agrees(ours, kept.bounds), "n = \(kept.n)")
    }
    for case let threshold in record.preThreshold {
      for kept in threshold.keep {
        let ours = rule.keepProbability(
          of: kept.n,
          preThreshold: BigInteger(threshold.pre),
          digits: 40
        )
        #expect(try agrees(ours, kept.bounds), "n = \(kept.n), from \(threshold.pre)")
      }
    }
  }

  /// The recursion that defines the rule, with every choice of the smaller branch decided.
  @Test(arguments: [("1", "1e-6", 1), ("1/3", "1e-7", 3), ("3", "0.9", 2), ("5", "0.3", 1)])
  func `follows its recursion everywhere`(epsilon: String, delta: String, cells: Int) throws {
    let rule = OptimalSelection(try terms(epsilon, delta, cells))
    let precision = 400
    let one = Enclosure(.one, precision: precision)
    let e = Enclosure.exp(rule.epsilonPerCell, precision: precision)
    let d = rule.delta.enclosure(precision: precision)
    var kept = Enclosure(.zero, precision: precision)
    var n: BigInteger = 0
    while n < rule.certain + 2 {
      n += 1
      let growing = e * kept + d
      let closing = one - (one - kept - d) / e
      if n >= rule.certain {
        #expect(rule.keepProbability(of: n, digits: 40).lower == .one)
        if n == rule.certain { #expect(closing.isAbove(.one), "certain, and not before") }
        continue
      }
      let isGrowing = growing.upper < closing.lower
      #expect(isGrowing || closing.upper < growing.lower, "n = \(n) is undecided")
      #expect(isGrowing == (n <= rule.crossover))
      kept = isGrowing ? growing : closing
      #expect(kept.isBelow(.one))
      let ours = rule.keepProbability(of: n, digits: 40)
      #expect(ours.lower <= kept.upper && kept.lower <= ours.upper, "n = \(n)")
    }
  }

  /// With `d = 1/2` a second unit is certain for every epsilon: both sides of the decision agree.
  @Test(arguments: [("1/2", 1), ("3/4", 2), ("7/8", 3)])
  func `decides what no enclosure can`(delta: String, cells: Int) throws {
    let rule = OptimalSelection(try terms("1", delta, cells))
    #expect(rule.crossover == 1)
    #expect(rule.certain == 2)
    let less = try Rational(parsing: delta) - Rational(1, 1_000_000)
    let terms = try SelectionTerms(epsilon: 1, delta: less, cells: cells)
    #expect(OptimalSelection(terms).certain == 3)
  }

  /// The two inequalities that define privacy, between neighbouring numbers of units, with room for
  /// the width of the bounds; one of them is always reached: no rule keeps more.
  @Test(arguments: records)
  func `is private, and could not keep more`(_ record: SelectionFile.Optimal) throws {
    let rule = try Self.rule(record)
    let e = Enclosure.exp(rule.epsilonPerCell, precision: 300)
    let d = rule.delta.enclosure(precision: 300)
    let one = Enclosure(.one, precision: 300)
    let near = [1, record.crossover, record.certain].flatMap { ($0 - 3)...($0 + 3) }
    let between = stride(from: 10, to: record.certain, by: max(1, record.certain / 12))
    for n in Set(near + between) where n > 0 {
      let fewer = rule.keepProbability(of: BigInteger(n - 1), digits: 60)
      let more = rule.keepProbability(of: BigInteger(n), digits: 60)
      let seen = e * fewer + d - more
      let unseen = e * (one - more) + d - (one - fewer)
      #expect(seen.upper.signum >= 0 && unseen.upper.signum >= 0, "n = \(n)")
      guard n < record.certain else { continue }
      let reached = seen.lower.signum <= 0 || unseen.lower.signum <= 0
      #expect(reached, "n = \(n) could be kept more often")
    }
  }
}

@Suite struct `Truncated geometric selection` {
  static let records = SelectionFile.file?.geometric ?? []

  @Test func `is checked on every record of the file`() {
    #expect(Self.records.count == 15)
  }

  @Test(arguments: records)
  func `agrees with every reference value`(_ record: SelectionFile.Geometric) throws {
    let split = try #require(CellDelta.Split(rawValue: record.split))
    let terms = try terms(record.epsilon, record.delta, record.cells)
    let rule = TruncatedGeometricSelection(
      epsilonPerCell: terms.epsilonPerCell,
      delta: CellDelta(terms.delta, cells: record.cells, split: split)
    )
    #expect(rule.reach == BigInteger(record.reach))
    #expect(rule.threshold == BigInteger(record.threshold))
    #expect(try agrees(rule.probability(of: rule.reach, digits: 40), record.edge))
    for mass in record.masses {
      #expect(try agrees(rule.probability(of: mass.n, digits: 40), mass.bounds), "P(\(mass.n))")
      #expect(rule.probability(of: -mass.n, digits: 40) == rule.probability(of: mass.n, digits: 40))
    }
    for kept in record.keep {
      let ours = rule.keepProbability(of: kept.n, digits: 40)
      #expect(try agrees(ours, kept.bounds), "n = \(kept.n)")
    }
    #expect(rule.keepProbability(of: BigInteger(record.always), digits: 40).lower == .one)
    #expect(rule.keepProbability(of: BigInteger(record.always - 1), digits: 40).isBelow(.one))
    if split == .exact {
      let laplace = try CellSelection(.threshold, under: terms)
      #expect(laplace.threshold == BigInteger(record.laplace))
    }
  }

  /// All masses add up to one, and tails of them are the probabilities of being kept.
  @Test(arguments: [("1", "1e-6", 1), ("3", "0.2", 2), ("1/2", "0.01", 1)])
  func `agrees with its own sums`(epsilon: String, delta: String, cells: Int) throws {
    let rule = TruncatedGeometricSelection(try terms(epsilon, delta, cells))
    var sum = Enclosure(.zero, precision: 300)
    var x = rule.reach
    while x >= -rule.reach {
      sum = sum + rule.probability(of: x, digits: 60)
      // n + Z >= k + 1 with x = k + 1 - n.
      let kept = rule.keepProbability(of: rule.threshold - x, digits: 50)
      #expect(sum.lower <= kept.upper && kept.lower <= sum.upper, "from \(x)")
      x -= 1
    }
    #expect(sum.lower.rational <= .one && .one <= sum.upper.rational && sum.isTighter(than: 50))
    let d = rule.delta.enclosure(precision: 300)
    #expect(rule.probability(of: rule.reach, digits: 50).upper < d.lower)
  }
}

@Suite struct `Delta of a cell` {
  /// `(1 - d)^c` comes back to `1 - delta`.
  @Test(
    arguments: ["1e-300", "1e-9", "0.3", "1/2", "0.500001", "0.99", "999999999/1000000000"],
    [1, 2, 1000, 1 << 30]
  )
  func `makes the whole delta again`(delta: String, cells: Int) throws {
    let whole = try Rational(parsing: delta)
    let part = CellDelta(whole, cells: cells)
    let d = part.enclosure(precision: 700)
    #expect(d.isTighter(than: 200))
    let rest = (Enclosure(.one, precision: 700) - d).power(cells)
    #expect(rest.lower.rational <= .one - whole && .one - whole <= rest.upper.rational)
    let union = CellDelta(whole, cells: cells, split: .union).enclosure(precision: 700)
    #expect(union.lower <= d.upper)
  }

  @Test func `is refused where nothing can be selected`() {
    #expect(throws: SelectionError.deltaOutOfRange) { try terms("1", "0", 1) }
    #expect(throws: SelectionError.deltaOutOfRange) { try terms("1", "1", 1) }
    #expect(throws: SelectionError.deltaOutOfRange) { try terms("1", "-0.5", 1) }
    #expect(throws: SelectionError.epsilonOutOfRange) { try terms("0", "0.5", 1) }
    #expect(throws: SelectionError.epsilonOutOfRange) { try terms("10001", "0.5", 1) }
    #expect(throws: SelectionError.self) { try terms("1", "0.5", 0) }
    #expect(throws: SelectionError.self) {
      try CellSelection(.threshold, under: terms("1", "0.5", 1), signalsPerCell: 0)
    }
  }
}

@Suite struct `Every rule of selection` {
  struct Case: CustomTestStringConvertible {
    let rule: SelectionRule
    let terms: SelectionTerms
    var testDescription: String { "\(rule) (\(terms.epsilon), \(terms.delta)) \(terms.cells)" }
  }

  static let cases: [Case] = SelectionRule.allCases.flatMap { rule in
    [("1", "1e-6", 1), ("1/3", "1e-7", 7), ("2", "0.3", 2), ("5", "0.9", 1), ("1/50", "0.01", 3)]
      .compactMap { epsilon, delta, cells in
        (try? terms(epsilon, delta, cells)).map { Case(rule: rule, terms: $0) }
      }
  }

  @Test func `is tried`() {
    #expect(Self.cases.count == 15)
  }

  /// What one unit more or less changes in one cell: the two inequalities of privacy, from nothing to
  /// one unit and on, with room for the width of the bounds.
  private static func violations(
    of selection: CellSelection,
    under terms: SelectionTerms
  ) -> [BigInteger] {
    let e = Enclosure.exp(terms.epsilonPerCell, precision: 300)
    let one = Enclosure(.one, precision: 300)
    let d = CellDelta(terms.delta, cells: terms.cells).enclosure(precision: 300)
    let middle = selection.threshold ?? 40
    let step = max(1, middle.magnitude.dividedRoundingUp(by: 6))
    var numbers: [BigInteger] = [0, 1, 2, 3, middle - 1, middle, middle + 1]
    for index in 1...14 { numbers.append(step * BigInteger(index)) }
    return numbers.filter { n in
      guard n.signum >= 0 else { return false }
      let fewer = selection.keepProbability(of: n, digits: 60)
      let more = selection.keepProbability(of: n + 1, digits: 60)
      let seen = e * fewer + d - more
      let unseen = e * (one - more) + d - (one - fewer)
      // Monotone, so that the other two inequalities hold as well.
      let isMonotone = more.upper >= fewer.lower
      return seen.upper.signum < 0 || unseen.upper.signum < 0 || !isMonotone
    }
  }

  @Test(arguments: cases)
  func `keeps within the loss of one cell, whatever its number of units`(test: Case) throws {
    let selection = try CellSelection(test.rule, under: test.terms)
    #expect(Self.violations(of: selection, under: test.terms).isEmpty)
  }

  /// The same inequalities reject a rule that was made for a tenth more.
  @Test(arguments: cases)
  func `does not keep within a smaller loss`(test: Case) throws {
    let selection = try CellSelection(test.rule, under: test.terms)
    let smaller = try SelectionTerms(
      epsilon: test.terms.epsilon * Rational(9, 10),
      delta: test.terms.delta / 10,
      cells: test.terms.cells
    )
    #expect(!Self.violations(of: selection, under: smaller).isEmpty)
  }
}
