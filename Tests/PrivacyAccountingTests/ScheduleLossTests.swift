// ScheduleLossTests.swift: prices of declared schedules, against closed forms and by definition.
// Reference: [KOV15] theorem 3.3; [SMM19].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Testing

/// A schedule of runs that cost epsilon 1 in equal shares.
private func loss(
  _ measures: [Measure],
  cells: Int = 4,
  signals: Int = 2,
  total: Int? = nil,
  epsilon: Rational = 1,
  times: Int
) throws -> ScheduleLoss {
  ScheduleLoss(
    of: measures.map { ($0, epsilon / Rational(measures.count)) },
    within: try ContributionBounds(
      cellsPerUnit: cells,
      signalsPerCell: signals,
      signalsPerUnit: total
    ),
    times: times
  )
}

/// The smallest delta of `copies` mechanisms of which only epsilon is known.
private func closedForm(_ part: Rational, copies: Int, at epsilon: Rational) throws -> Enclosure {
  OptimalComposition.delta(
    of: try PrivacyLoss(epsilon: part),
    times: copies,
    epsilon: epsilon,
    precision: 512
  )
}

@Suite struct `The price of a schedule` {
  private let delta = Rational(1, 1_000_000_000)

  @Test(arguments: [1, 3, 30, 10_000])
  func `is the exact sum by the sum rule`(times: Int) throws {
    let sum = try loss([.signals, .units], epsilon: Rational(1, 3), times: times).sum
    #expect(sum.rule == .sum)
    #expect(sum.loss == (try PrivacyLoss(epsilon: Rational(times) / 3)))
  }

  /// What is composed, shape by shape: a measure, its bounds, and copies at a sensitivity.
  @Test(
    arguments: [
      ([Measure.signals], 4, 2, nil, [(16, 2, 28)]), ([.units], 4, 2, nil, [(8, 1, 28)]),
      ([.signals], 4, 2, 8, [(16, 2, 28)]), ([.signals], 4, 2, 9, [(16, 2, 28)]),
      ([.signals], 4, 2, 7, [(14, 7, 7)]), ([.signals], 4, 2, 6, [(12, 6, 7)]),
      ([.signals], 4, 2, 1, [(2, 1, 7)]), ([.units], 4, 2, 3, [(6, 1, 21)]),
      ([.signals], 1, 5, nil, [(10, 5, 7)]), ([.signals], 3, 1, nil, [(6, 1, 21)]),
      ([.signals, .units], 4, 2, nil, [(32, 2, 28), (16, 1, 28)]),
    ] as [([Measure], Int, Int, Int?, [(scale: Int, shift: Int, times: Int)])]
  )
  func
    `composes copies of one cell, or the whole sensitivity at once where all signals are bounded`(
      measures: [Measure],
      cells: Int,
      signals: Int,
      total: Int?,
      shapes: [(scale: Int, shift: Int, times: Int)]
    ) throws
  {
    let loss = try loss(
      measures,
      cells: cells,
      signals: signals,
      total: total,
      epsilon: Rational(1, 2),
      times: 7
    )
    let expected = try shapes.map {
      try ComposedMechanism(scale: Rational($0.scale), sensitivity: $0.shift, times: $0.times)
    }
    #expect(loss.mechanisms == expected)
  }

  @Test(arguments: [1, 2, 5, 30])
  func `is the closed form for persons that are counted`(times: Int) throws {
    let price = try loss([.units], times: times).certified(delta: delta)
    let epsilon = try #require(price?.loss.epsilon)
    #expect(price?.rule == .certified && price?.loss.delta == delta)
    let part = Rational(1, 4)
    #expect(try closedForm(part, copies: 4 * times, at: epsilon).upper.rational <= delta)
    // Twelve digits: a little less is too little.
    let less = epsilon * (1 - Rational(1, BigInteger(10).power(11)))
    #expect(try closedForm(part, copies: 4 * times, at: less).lower.rational > delta)
  }

  @Test func `has at most twelve digits and is never below what is certified`() throws {
    let loss = try loss([.signals, .units], epsilon: Rational(1, 2), times: 30)
    let price = try #require(loss.certified(delta: delta))
    #expect(price.loss.epsilon.decimal(digits: 12, .down) == "5.84926462564")
    #expect(price.loss.epsilon == (try Rational(parsing: "5.84926462564")))
    #expect(loss.certainlyKeeps(to: price.loss))
    let less = try PrivacyLoss(
      epsilon: price.loss.epsilon - Rational(1, BigInteger(10).power(11)),
      delta: delta
    )
    #expect(!loss.certainlyKeeps(to: less))
    #expect(!loss.certainlyKeeps(to: try PrivacyLoss(epsilon: price.loss.epsilon)))
    #expect(loss.certainlyKeeps(to: try PrivacyLoss(epsilon: 15)))
  }

  @Test func `is composed with the same noise for both measures, whatever their shares`() throws {
    let bounds = try ContributionBounds(cellsPerUnit: 2, signalsPerCell: 3)
    // Shares whose lattices meet only far below: the price is rounded up, and still a good one.
    let odd = ScheduleLoss(
      of: [(.signals, Rational(997, 1999)), (.units, Rational(1002, 1999))],
      within: bounds,
      times: 20
    )
    let even = ScheduleLoss(
      of: [(.signals, Rational(1, 2)), (.units, Rational(1, 2))],
      within: bounds,
      times: 20
    )
    let prices = try [odd, even].map { try #require($0.certified(delta: delta)).loss }
    #expect(odd.certainlyKeeps(to: prices[0]))
    let ratio = prices[0].epsilon / prices[1].epsilon
    #expect(ratio > Rational(99, 100) && ratio < Rational(101, 100))
  }

  @Test func `needs a delta, and one that is not absurdly small`() throws {
    let loss = try loss([.units], times: 30)
    let tiny = Rational(1, BigInteger(10).power(101))
    #expect(loss.certified(delta: .zero) == nil)
    #expect(loss.certified(delta: tiny) == nil)
    #expect(loss.certified(delta: 1) == nil)
    #expect(!loss.certainlyKeeps(to: try PrivacyLoss(epsilon: 29, delta: tiny)))
    #expect(
      loss.mostRuns(keepingTo: try PrivacyLoss(epsilon: 29, delta: tiny), by: .certified) == 29
    )
  }

  @Test(arguments: [(50, 1 << 20, 10), (1 << 30, 1 << 30, 10), (1, 1 << 17, 1)])
  func `takes the worst noise of an epsilon where there are too many losses to tell apart`(
    cells: Int,
    signals: Int,
    times: Int
  ) throws {
    let loss = try loss([.signals], cells: cells, signals: signals, times: times)
    let isFew = cells <= 50
    let copies = isFew ? cells * times : times
    #expect(
      loss.mechanisms == [
        try ComposedMechanism(
          scale: isFew ? Rational(cells) : 1,
          sensitivity: 1,
          times: copies
        )
      ]
    )
    let epsilon = try #require(loss.certified(delta: delta)).loss.epsilon
    let part = isFew ? Rational(1, BigInteger(cells)) : 1
    #expect(try closedForm(part, copies: copies, at: epsilon).upper.rational <= delta)
    #expect(epsilon <= loss.sum.loss.epsilon)
  }

  @Test(arguments: [2, 30])
  func `counts the selection of cells as the worst of its epsilon and delta`(times: Int) throws {
    let own = Rational(1, 1_000_000_000)
    let loss = ScheduleLoss(
      of: [(.units, Rational(1, 2))],
      selection: try PrivacyLoss(epsilon: Rational(1, 2), delta: own),
      within: try ContributionBounds(cellsPerUnit: 1, signalsPerCell: 1),
      times: times
    )
    #expect(
      loss.sum.loss == (try PrivacyLoss(epsilon: Rational(times), delta: own * Rational(times)))
    )
    let delta = Rational(1, 10_000_000)
    let epsilon = try #require(loss.certified(delta: delta)).loss.epsilon
    // Both are the worst mechanisms of epsilon 1/2; selection fails outright besides.
    func whole(_ epsilon: Rational) throws -> Enclosure {
      let one = Enclosure(1, precision: 512)
      let sound = Enclosure(1 - own, precision: 512).power(times)
      return one - sound * (one - (try closedForm(Rational(1, 2), copies: 2 * times, at: epsilon)))
    }
    #expect(try whole(epsilon).upper.rational <= delta)
    let less = epsilon * (1 - Rational(1, BigInteger(10).power(11)))
    #expect(try whole(less).lower.rational > delta)
    #expect(loss.certified(delta: own) == nil, "selection alone fails more often")
  }

  @Test(arguments: [Rational(1), 3, 10])
  func `tells the most runs that fit`(epsilon: Rational) throws {
    let cap = try PrivacyLoss(epsilon: epsilon, delta: delta)
    let one = try loss([.signals, .units], epsilon: Rational(1, 2), times: 1)
    #expect(one.mostRuns(keepingTo: cap, by: .sum) == Int(exactly: (epsilon * 2).roundedDown))
    let most = one.mostRuns(keepingTo: cap, by: .certified)
    #expect(most >= one.mostRuns(keepingTo: cap, by: .sum))
    #expect(one.repeated(most).certainlyKeeps(to: cap))
    #expect(!one.repeated(most + 1).certainlyKeeps(to: cap))
    let nothing = try PrivacyLoss(epsilon: Rational(1, 100), delta: 0)
    #expect(one.mostRuns(keepingTo: nothing, by: .certified) == 0)
    let plenty = try PrivacyLoss(epsilon: 1_000_000)
    #expect(one.mostRuns(keepingTo: plenty, by: .sum) == 10_000)
  }
}

@Suite struct `The rule that is taken` {
  private let delta = Rational(1, 1_000_000_000)

  private func remaining(
    _ epsilon: Rational,
    _ delta: Rational,
    analyst: PrivacyLoss? = nil
  ) throws -> RemainingBudget {
    RemainingBudget(
      lifetime: try PrivacyLoss(epsilon: epsilon, delta: delta),
      daily: nil,
      analyst: analyst
    )
  }

  @Test func `is the cheaper one`() throws {
    let many = SchedulePricing(try loss([.units], times: 30), delta: delta, remaining: nil)
    #expect(many.taken == many.certified && many.taken.loss.epsilon < 30)
  }

  @Test func `is the sum where both cost the same, and where there is no delta`() throws {
    // At a delta below the chance of the worst outcome nothing is saved.
    let once = try loss([.units], cells: 1, times: 1)
    let tie = SchedulePricing(once, delta: Rational(1, BigInteger(10).power(90)), remaining: nil)
    #expect(tie.taken == tie.sum)
    let none = SchedulePricing(try loss([.units], times: 30), delta: nil, remaining: nil)
    #expect(none.certified == nil && none.taken == none.sum)
    let zero = SchedulePricing(try loss([.units], times: 30), delta: 0, remaining: nil)
    #expect(zero.certified == nil)
  }

  @Test func `is the other one where only that is left`() throws {
    let many = try loss([.units], times: 30)
    let left = try remaining(30, delta / 2)
    let other = SchedulePricing(many, delta: delta, remaining: left)
    #expect(other.taken == other.sum)
    // Where neither fits, the cheaper one is asked for and refused.
    let neither = SchedulePricing(many, delta: delta, remaining: try remaining(1, delta / 2))
    #expect(neither.taken == neither.certified)
  }

  @Test func `takes a tenth of the delta that is left where the spec names none`() throws {
    let many = try loss([.units], times: 30)
    let whole = SchedulePricing(many, delta: nil, remaining: try remaining(30, delta))
    #expect(whole.certified?.loss.delta == delta / 10 && whole.taken == whole.certified)
    let analyst = try PrivacyLoss(epsilon: 20, delta: delta / 4)
    let least = SchedulePricing(
      many,
      delta: nil,
      remaining: try remaining(30, delta, analyst: analyst)
    )
    #expect(least.certified?.loss.delta == delta / 40)
  }

  @Test func `leaves the delta of all alone where little is saved and the spec names none`() throws
  {
    let few = try loss([.units], times: 2)
    let left = try remaining(30, Rational(1, 1_000))
    let unnamed = SchedulePricing(few, delta: nil, remaining: left)
    let certified = try #require(unnamed.certified).loss.epsilon
    #expect(certified < unnamed.sum.loss.epsilon && unnamed.taken == unnamed.sum)
    let named = SchedulePricing(few, delta: Rational(1, 10_000), remaining: left)
    #expect(named.taken == named.certified && named.taken.loss.epsilon == certified)
  }
}
