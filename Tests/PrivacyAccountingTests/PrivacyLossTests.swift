// PrivacyLossTests.swift: the laws that losses obey, and what odometers add up to.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import TestSupport
import Testing

@Suite struct `Privacy losses` {
  static func random(_ random: inout SeededGenerator) throws -> PrivacyLoss {
    try PrivacyLoss(
      epsilon: Rational(
        BigInteger(Int.random(in: 0...1000, using: &random)),
        BigInteger(Int.random(in: 1...1000, using: &random))
      ),
      delta: Rational(
        BigInteger(Int.random(in: 0...9, using: &random)),
        BigInteger(Int.random(in: 10...1_000_000_000, using: &random))
      )
    )
  }

  @Test(arguments: 0..<50)
  func `are monotone: what fits a cap fits every larger one`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let (a, b, c) = (
      try Self.random(&random), try Self.random(&random), try Self.random(&random)
    )
    #expect(a.fits(within: a + b))
    #expect(a.fits(within: a + b + c))
    if a.fits(within: b) { #expect(a.fits(within: b + c)) }
    if !a.fits(within: b) { #expect(!(a + c).fits(within: b)) }
  }

  @Test(arguments: 0..<50)
  func `are additive: any order and any grouping gives the same sum`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let parts = try (0..<12).map { _ in try Self.random(&random) }
    let sum = parts.reduce(.zero, +)
    #expect(parts.shuffled(using: &random).reduce(.zero, +) == sum)
    let middle = Int.random(in: 0...12, using: &random)
    #expect(parts[..<middle].reduce(.zero, +) + parts[middle...].reduce(.zero, +) == sum)
    #expect(sum.epsilon == parts.map(\.epsilon).reduce(.zero, +))
    #expect(sum.remainder(after: parts[0]) == parts[1...].reduce(.zero, +))
  }

  @Test(arguments: 0..<50)
  func `leave post-processing free: the same release twice, paid once, costs it once`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    let paid = try Self.random(&random)
    // Whatever is made of a release afterwards is another spend of the loss of a constant.
    var odometer = Odometer()
    odometer.add(paid, slices: nil)
    let before = odometer
    for _ in 0..<5 { odometer.add(.zero, slices: nil) }
    #expect(odometer == before)
    #expect(odometer.total(touches: 0) == paid)
  }

  @Test(arguments: 0..<20)
  func `are zero for constants, which every cap admits`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let loss = try Self.random(&random)
    #expect(loss + .zero == loss)
    #expect(PrivacyLoss.zero.fits(within: .zero))
    #expect(PrivacyLoss.zero.epsilon == .zero && PrivacyLoss.zero.delta == .zero)
    let filter = BudgetFilter(LedgerPolicy(dataset: "d", lifetime: loss))
    var full = Odometer()
    full.add(loss, slices: nil)
    let decision = filter.decide(
      Spend(loss: .zero, day: "x"),
      balances: [BudgetAccount(.lifetime): full]
    )
    guard case .accepted = decision else {
      Issue.record("a constant costs nothing")
      return
    }
  }

  @Test func `cannot be negative, and delta stays below one`() throws {
    #expect(throws: PrivacyLossError.negativeEpsilon) { try PrivacyLoss(epsilon: Rational(-1, 10)) }
    #expect(throws: PrivacyLossError.negativeDelta) {
      try PrivacyLoss(epsilon: 1, delta: Rational(-1, 10))
    }
    #expect(throws: PrivacyLossError.deltaNotBelowOne) { try PrivacyLoss(epsilon: 1, delta: 1) }
  }
}

@Suite struct `An odometer` {
  @Test(arguments: 0..<30)
  func `adds the whole population to the largest slices, apart for epsilon and delta`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    var odometer = Odometer()
    var spends: [(PrivacyLoss, [String]?)] = []
    let names = ["a", "b", "c", "d", "e"]
    for _ in 0..<30 {
      let chosen = names.filter { _ in Bool.random(using: &random) }
      let slices = chosen.isEmpty ? nil : chosen
      spends.append((try `Privacy losses`.random(&random), slices))
      odometer.add(spends[spends.count - 1].0, slices: slices)
    }
    for touches in 0...6 {
      // By definition: the worst unit over all choices of at most `touches` slices, for each part.
      var worst = (epsilon: Rational.zero, delta: Rational.zero)
      for mask in 0..<32 where mask.nonzeroBitCount <= touches {
        let inside = Set(names.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element))
        var cost = PrivacyLoss.zero
        for (loss, slices) in spends {
          guard let slices else {
            cost += loss
            continue
          }
          // A unit in several slices of one spend is in that many of its disjoint parts.
          for _ in inside.intersection(slices) { cost += loss }
        }
        worst = (max(worst.epsilon, cost.epsilon), max(worst.delta, cost.delta))
      }
      let total = odometer.total(touches: touches)
      #expect(total.epsilon == worst.epsilon && total.delta == worst.delta, "touches \(touches)")
    }
  }

  @Test func `takes back only what it holds`() throws {
    var odometer = Odometer()
    odometer.add(try loss("1/2", "1e-9"), slices: ["a", "b"])
    let before = odometer
    #expect(!odometer.remove(try loss("1/3"), slices: ["a", "c"]))
    #expect(!odometer.remove(try loss("1/3"), slices: nil))
    #expect(!odometer.remove(try loss("1/2", "1e-8"), slices: ["a"]))
    #expect(odometer == before)
    #expect(odometer.remove(try loss("1/2", "1e-9"), slices: ["a", "b"]))
    #expect(odometer.total(touches: 2) == .zero)
  }
}
