// ScheduleLoss.swift: what all runs of a declared schedule cost together, by the sum and certified.
// Reference: [SMM19]; [KOV15]; `docs/privacy-model.md`, section "Declared schedules".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// What the runs of a schedule cost together, from the measures and bounds of one run alone.
///
/// By the sum rule the whole costs `times` times the epsilon of a run, and no delta. By the certified
/// rule the noise of all runs is composed tightly. A unit adds at most `m` to each of at most `c`
/// counts, so a run is at most `c` copies of noise at sensitivity `m`; where `signals_per_unit`
/// binds it is one copy at the whole L1 sensitivity, which is the worst way to spend that. Selection
/// of cells enters as the worst mechanism of its epsilon and delta.
///
/// - Privacy: The certified rule holds because every parameter of every run is fixed before the
///   first. It stays valid when other spends are chosen adaptively in between: they are mechanisms
///   that run beside this one, and concurrent composition costs what composition does.
/// - Reference: [SMM19] section 4; [VW21]; [HST23]; [VZ23].
public struct ScheduleLoss: Sendable {
  /// The most runs of a schedule.
  public static let mostRuns = 10_000
  /// The most losses of one measure, over all runs, that are told apart; of more, each count is
  /// taken for the worst noise of its epsilon.
  static let largestPointCount = 1 << 16
  /// The most losses of all measures together before they are rounded up to a coarser lattice.
  static let largestLattice = 1 << 16
  /// The smallest delta that prices are derived for.
  public static let smallestDelta = Rational(1, BigInteger(10).power(100))
  /// The significant digits that a certified epsilon is rounded up to.
  static let digits = 12

  /// A count that gets noise: `copies` of them a run, each changed by at most `shift`.
  private struct Part: Sendable, Hashable {
    let scale: Rational
    let shift: BigInteger
    let copies: BigInteger
  }

  /// The number of runs.
  public let times: Int
  /// What one run costs.
  public let run: PrivacyLoss
  private let parts: [Part]
  /// What selecting cells costs in each run.
  private let selection: PrivacyLoss?
  /// Whether every unit lies in one run alone.
  let isDisjoint: Bool

  /// Describes a schedule of `times` equal runs.
  ///
  /// - Parameters:
  ///   - measures: What each run counts, and the epsilon of each, in nats.
  ///   - selection: What selecting cells costs in each run; `nil` where all are listed.
  ///   - histogram: The epsilon of a histogram of values in each run; `nil` where there is none. A
  ///     unit may spread its signals over the bins in any way: the worst is to change one bin by all.
  ///   - addsUpCells: Whether a released number adds up cells: then it can change by the whole L1
  ///     sensitivity, which is the worst way to spend that.
  ///   - bounds: How much one unit contributes to a run.
  ///   - times: The number of runs.
  ///   - isDisjoint: Whether every unit lies in one run alone.
  /// - Precondition: At least one measure or a histogram, every epsilon above zero, `times` from 1 to `mostRuns`.
  public init(
    of measures: [(measure: Measure, epsilon: Rational)],
    selection: PrivacyLoss? = nil,
    histogram: Rational? = nil,
    addsUpCells: Bool = false,
    within bounds: ContributionBounds,
    times: Int,
    isDisjoint: Bool = false
  ) {
    precondition(!measures.isEmpty || histogram != nil, "a run measures something")
    precondition((1...Self.mostRuns).contains(times), "a schedule has 1 to 10,000 runs")
    precondition(measures.allSatisfy { $0.epsilon.signum > 0 }, "every measure costs something")
    let signals = bounds.sensitivity(of: .signals)
    let bins = histogram.map { Part(scale: Rational(signals) / $0, shift: signals, copies: 1) }
    self.init(
      parts: measures.map { measure, epsilon in
        let sensitivity = bounds.sensitivity(of: measure)
        let change = bounds.largestChange(ofOneCellIn: measure)
        let copies = sensitivity.dividedRoundingDown(by: change)
        // Where no bound on all signals cuts in, the change is the same in every cell.
        let isSpread =
          !addsUpCells && (measure.isPerUnit || copies == BigInteger(bounds.cellsPerUnit))
        return Part(
          scale: Rational(sensitivity) / epsilon,
          shift: isSpread ? change : sensitivity,
          copies: isSpread ? copies : 1
        )
      } + (bins.map { [$0] } ?? []),
      selection: selection,
      run: (measures.map(\.epsilon) + (histogram.map { [$0] } ?? []))
        .reduce(selection ?? .zero) { $0 + PrivacyLoss(epsilonSum: $1, deltaSum: .zero) },
      times: times,
      isDisjoint: isDisjoint
    )
  }

  private init(
    parts: [Part],
    selection: PrivacyLoss?,
    run: PrivacyLoss,
    times: Int,
    isDisjoint: Bool
  ) {
    self.isDisjoint = isDisjoint
    self.parts = parts
    self.selection = selection
    self.run = run
    self.times = times
  }

  /// The same runs, more or fewer of them.
  ///
  /// - Precondition: From 1 to `mostRuns`.
  public func repeated(_ times: Int) -> ScheduleLoss {
    precondition((1...Self.mostRuns).contains(times), "a schedule has 1 to 10,000 runs")
    return ScheduleLoss(
      parts: parts,
      selection: selection,
      run: run,
      times: times,
      isDisjoint: isDisjoint
    )
  }
}

extension ScheduleLoss {
  /// The price by the sum rule, exactly.
  public var sum: SchedulePrice {
    SchedulePrice(
      rule: .sum,
      loss: PrivacyLoss(
        epsilonSum: run.epsilon * Rational(times),
        deltaSum: run.delta * Rational(times)
      )
    )
  }

  /// The price by the certified rule: the smallest epsilon that is certified at `delta`, rounded up
  /// to 12 significant digits.
  ///
  /// - Returns: The price; `nil` for a delta of zero, at which nothing is saved, and for one below
  ///   `smallestDelta`.
  /// - Complexity: O(M(n w)) bit operations for n losses of w words, M the cost of multiplying.
  public func certified(delta: Rational) -> SchedulePrice? {
    guard delta >= Self.smallestDelta, delta < .one,
      let bounds = composition.epsilon(delta: delta, digits: Self.digits + 4),
      let rounded = try? Rational(
        parsing: bounds.upper.rational.decimal(digits: Self.digits, .up)
      )
    else { return nil }
    return SchedulePrice(
      rule: .certified,
      loss: PrivacyLoss(epsilonSum: rounded, deltaSum: delta)
    )
  }

  /// Tells whether all runs together certainly keep to a loss.
  ///
  /// - Privacy: True only where a bound on delta that is rounded up stays within that of the loss.
  public func certainlyKeeps(to loss: PrivacyLoss) -> Bool {
    if sum.loss.fits(within: loss) { return true }
    guard loss.delta >= Self.smallestDelta else { return false }
    return composition.delta(epsilon: loss.epsilon, digits: 20).upper.rational <= loss.delta
  }

  /// The most runs that certainly keep to a loss by a rule; 0 where not even one does, and never
  /// more than `mostRuns`.
  ///
  /// - Complexity: O(log runs) compositions for the certified rule.
  public func mostRuns(keepingTo loss: PrivacyLoss, by rule: PricingRule) -> Int {
    if rule == .disjoint { return isDisjoint && run.fits(within: loss) ? Self.mostRuns : 0 }
    func times(_ part: Rational, _ whole: Rational) -> Int {
      guard part.signum > 0 else { return Self.mostRuns }
      return min(Int(exactly: (whole / part).roundedDown) ?? Self.mostRuns, Self.mostRuns)
    }
    let summed = min(times(run.epsilon, loss.epsilon), times(run.delta, loss.delta))
    guard rule == .certified, loss.delta >= Self.smallestDelta else { return summed }
    var most = summed
    var step = max(1, summed)
    while most + step <= Self.mostRuns, repeated(most + step).certainlyKeeps(to: loss) {
      most += step
      step *= 2
    }
    var tooMany = min(most + step, Self.mostRuns + 1)
    while tooMany - most > 1 {
      let middle = most + (tooMany - most) / 2
      if repeated(middle).certainlyKeeps(to: loss) { most = middle } else { tooMany = middle }
    }
    return most
  }

  /// The noise of every measure in all runs, as it is composed.
  package var mechanisms: [ComposedMechanism] { parts.map(mechanism) + selecting }

  /// Selection in all runs: with the chance delta it tells all, else it is the worst of its epsilon.
  private var selecting: [ComposedMechanism] {
    guard let selection else { return [] }
    guard selection.epsilon.signum > 0,
      let mechanism = try? ComposedMechanism(
        scale: 1 / selection.epsilon,
        sensitivity: 1,
        times: times,
        delta: selection.delta
      )
    else { preconditionFailure("selection costs an epsilon above zero and a delta below one") }
    return [mechanism]
  }

  private var composition: Composition {
    Composition(mechanisms, limit: Self.largestLattice)
  }

  /// The noise of a measure in all runs.
  ///
  /// Where it has more losses than are told apart, each count is replaced by one that is changed by
  /// 1 at the same epsilon, which is the worst mechanism of that epsilon, and all counts of a run by
  /// one such. Both only raise the price.
  private func mechanism(of part: Part) -> ComposedMechanism {
    let limit = BigInteger(Self.largestPointCount)
    let runs = BigInteger(times)
    let copies = part.copies * runs
    let shapes = [
      (part.scale, part.shift, copies),
      (part.scale / Rational(part.shift), 1, copies),
      (part.scale / Rational(part.shift * part.copies), 1, runs),
    ]
    for (scale, shift, copies) in shapes where shift * copies <= limit {
      if let shift = Int(exactly: shift), let copies = Int(exactly: copies),
        let mechanism = try? ComposedMechanism(scale: scale, sensitivity: shift, times: copies)
      {
        return mechanism
      }
    }
    preconditionFailure("one change a run is at most \(Self.mostRuns) losses")
  }
}

/// What a schedule would cost by each rule, and the rule that is taken.
public struct SchedulePricing: Sendable, Hashable {
  /// The price by the sum rule.
  public let sum: SchedulePrice
  /// The price by the certified rule; `nil` where there is no delta for it.
  public let certified: SchedulePrice?
  /// The price where every unit lies in one run alone; `nil` where it may lie in several.
  public let disjoint: SchedulePrice?
  /// The price that is taken: that of runs that share no unit, or else the cheaper in epsilon, unless
  /// only the other is left.
  public let taken: SchedulePrice
  /// Whether the certified epsilon is enough below the sum to spend its delta.
  public let isCertifiedWorthIt: Bool
  /// The share of a ledger's delta that is taken where the spec gives none: the rest stays for others.
  public static let deltaShare = Rational(1, 10)
  /// The most of the sum that the certified epsilon may be where the spec gives no delta: the delta
  /// that is left to everybody is not spent on less.
  public static let leastGain = Rational(9, 10)

  /// Prices a schedule.
  ///
  /// - Parameters:
  ///   - loss: The runs.
  ///   - delta: The delta of the whole, where the spec gives one.
  ///   - remaining: What is left in the ledger; where the spec gives no delta, a share of what is
  ///     left of it is taken. `nil` where no ledger is asked.
  public init(_ loss: ScheduleLoss, delta: Rational?, remaining: RemainingBudget?) {
    let caps = [remaining?.lifetime, remaining?.analyst].compactMap { $0 }
    let share = caps.map(\.delta).min().map { $0 * Self.deltaShare }
    sum = loss.sum
    disjoint = loss.disjoint
    // An epsilon at a delta is no zCDP: there the runs add up, each by what it costs alone.
    let isAdded = remaining?.accounting == .zcdp
    certified = isAdded ? nil : (delta ?? share).flatMap(loss.certified)
    guard let certified else {
      taken = disjoint ?? sum
      isCertifiedWorthIt = false
      return
    }
    let most = delta == nil ? sum.loss.epsilon * Self.leastGain : sum.loss.epsilon
    isCertifiedWorthIt = certified.loss.epsilon < most
    let (first, second) = isCertifiedWorthIt ? (certified, sum) : (sum, certified)
    func fits(_ price: SchedulePrice) -> Bool { caps.allSatisfy(price.loss.fits) }
    taken = disjoint ?? (!fits(first) && fits(second) ? second : first)
  }
}
