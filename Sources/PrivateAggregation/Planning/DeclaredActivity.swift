// DeclaredActivity.swift: how active units are, as somebody says; never as the data say.
// Reference: `docs/planning.md`.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

/// Why a text is no distribution of activity.
public struct DeclaredActivityError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what to write instead.
  public let description: String
}

/// How many contributions units have, as a share of the units for each number.
///
/// It is declared: from an earlier year that was published, or a guess. Taking it from the data would
/// tell something exact about them that nobody paid for.
public struct DeclaredActivity: Sendable, Hashable {
  /// The numbers of contributions, rising, with the share of the units that have as many; the shares
  /// add up to one.
  public let shares: [(count: Int, share: Rational)]

  /// The most numbers that are told apart.
  public static let mostNumbers = 1000

  /// Reads `1:0.5, 2:0.3, 10:0.2`, or lines `1,0.5` of a file; weights that do not add up to one are
  /// taken in proportion.
  ///
  /// - Throws: `DeclaredActivityError` for a text that is no distribution.
  public init(parsing text: String) throws(DeclaredActivityError) {
    let example =
      "write `1:0.5,2:0.3,10:0.2`: numbers of contributions, each with its share of units"
    func fail(_ reason: String) -> DeclaredActivityError {
      DeclaredActivityError(description: "\(reason); \(example)")
    }
    let isList = text.utf8.contains(UInt8(ascii: ":"))
    let items = text.split { $0.isNewline || (isList && $0 == ",") }
    var weights: [Int: Rational] = [:]
    for (place, item) in items.enumerated() {
      let parts = item.split(separator: isList ? ":" : ",").map { part in
        String(part).split { $0 == " " || $0 == "\t" }.joined()
      }
      guard parts.contains(where: { !$0.isEmpty }) else { continue }
      let number = parts.first.flatMap(BigInteger.init(_:))
      // A file may have a line of headings.
      if !isList, place == 0, number == nil { continue }
      guard parts.count == 2, let number, number.signum > 0, let count = Int(exactly: number),
        count <= ContributionBounds.largest
      else { throw fail("`\(item.prefix(40))` is no number of contributions with a share") }
      guard let weight = try? Rational(parsing: parts[1]), weight.signum >= 0 else {
        throw fail("`\(item.prefix(40))` has no share of at least zero")
      }
      guard weights[count] == nil else { throw fail("the number \(count) has two shares") }
      weights[count] = weight
      guard weights.count <= Self.mostNumbers else {
        throw fail("there are more than \(Self.mostNumbers) numbers; join some")
      }
    }
    let total = weights.values.reduce(Rational.zero, +)
    guard total.signum > 0 else { throw fail("the activity has no share above zero") }
    shares = weights.filter { $0.value.signum > 0 }.sorted { $0.key < $1.key }
      .map { (count: $0.key, share: $0.value / total) }
  }

  /// The mean number of contributions of a unit.
  public var mean: Rational {
    shares.reduce(.zero) { $0 + $1.share * Rational($1.count) }
  }

  /// The mean number that a bound keeps.
  public func kept(_ bound: Int) -> Rational {
    shares.reduce(.zero) { $0 + $1.share * Rational(min($1.count, bound)) }
  }

  /// The same where nobody has more than a number.
  func limited(to most: Int) -> DeclaredActivity {
    var joined: [Int: Rational] = [:]
    for (count, share) in shares { joined[min(count, most), default: .zero] += share }
    return DeclaredActivity(
      shares: joined.sorted { $0.key < $1.key }.map { (count: $0.key, share: $0.value) }
    )
  }

  private init(shares: [(count: Int, share: Rational)]) {
    self.shares = shares
  }

  /// Equal where all numbers and shares are.
  public static func == (left: DeclaredActivity, right: DeclaredActivity) -> Bool {
    left.shares.map(\.count) == right.shares.map(\.count)
      && left.shares.map(\.share) == right.shares.map(\.share)
  }

  /// Hashes the numbers and shares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shares.map(\.count))
    hasher.combine(shares.map(\.share))
  }
}

/// What bounds would keep and how much noise they need, for units as active as declared.
public struct BoundAdvice: Sendable, Hashable {
  /// One bound.
  public struct Candidate: Sendable, Hashable {
    /// The most contributions of one unit.
    public let bound: Int
    /// The share of all contributions that it keeps.
    public let kept: Rational
    /// The contributions that it leaves out, on average over all cells together.
    public let leftOut: Rational
    /// The scale of the noise.
    public let scale: Rational
    /// A bound on the expected error of all cells together: what is left out, and the mean size of the
    /// noise of each cell, which is less than its scale.
    public let totalError: Rational
  }

  /// What is counted.
  public let measure: Measure
  /// The bounds that are compared, rising: every number of the activity, or those around the best, and
  /// the one of the spec.
  public let candidates: [Candidate]
  /// The one with the least bound on the total error; of equal ones the smallest.
  public let best: Candidate
  /// The one of the spec.
  public let current: Candidate

  /// The most candidates that are shown.
  public static let mostCandidates = 12

  /// Compares bounds for a measure that counts.
  ///
  /// The error is linear between two numbers of the activity, so the least one is at a number.
  ///
  /// - Parameters:
  ///   - activity: How active units are.
  ///   - units: How many there are, as somebody says.
  ///   - measure: What is counted, with its noise.
  ///   - cells: The number of cells.
  public init(
    for activity: DeclaredActivity,
    units: BigInteger,
    measure: PlannedMeasure,
    cells: Int
  ) {
    // A unit is in no more cells than there are.
    let activity = measure.measure == .units ? activity.limited(to: max(cells, 1)) : activity
    func candidate(_ bound: Int) -> Candidate {
      let kept = activity.kept(bound)
      let leftOut = (activity.mean - kept) * Rational(units)
      let scale = Rational(bound) / measure.epsilon
      return Candidate(
        bound: bound,
        kept: kept / activity.mean,
        leftOut: leftOut,
        scale: scale,
        totalError: leftOut + scale * Rational(cells)
      )
    }
    self.measure = measure.measure
    let present = Int(exactly: measure.sensitivity) ?? ContributionBounds.largest
    current = candidate(present)
    let all = Set(activity.shares.map(\.count) + [1, present]).sorted().map(candidate)
    let best =
      all.min { ($0.totalError, $0.bound) < ($1.totalError, $1.bound) } ?? current
    self.best = best
    let place = all.firstIndex(of: best) ?? 0
    let near = max(0, min(place - Self.mostCandidates / 2, all.count - Self.mostCandidates))
    let shown = Set(all[near..<min(all.count, near + Self.mostCandidates)] + [current])
    candidates = shown.sorted { $0.bound < $1.bound }
  }
}
