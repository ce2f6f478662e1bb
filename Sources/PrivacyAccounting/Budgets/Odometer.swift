// Odometer.swift: what has been spent on one account, and what that costs the worst-off unit.
// Reference: [DR14] theorem 3.16; [McS09].
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// What has been spent on one account: on the whole population, and on each slice alone.
///
/// ```
/// cost = unscoped + the sum of the `touches` largest totals of single slices
/// ```
/// taken separately for epsilon and for delta. A unit sits in at most `touches` slices, so spends
/// on slices that it is not in cost it nothing. In an account that adds up zCDP the first part of
/// every total is rho in place of epsilon.
///
/// - Privacy: Basic composition over the releases that a unit takes part in, that of zCDP for rho,
///   and parallel composition over slices; valid for adaptively chosen spends.
/// - Reference: [DR14] theorem 3.16; [McS09] theorem 4.
public struct Odometer: Sendable, Hashable {
  /// The total of the spends on the whole population.
  public private(set) var unscoped: PrivacyLoss
  /// The total of the spends on each slice; a slice without spends may be absent.
  public private(set) var slices: [String: PrivacyLoss]

  /// Makes an odometer from totals.
  public init(unscoped: PrivacyLoss = .zero, slices: [String: PrivacyLoss] = [:]) {
    self.unscoped = unscoped
    self.slices = slices
  }

  /// What the spends cost a unit that sits in at most `touches` slices.
  ///
  /// - Precondition: `touches >= 0`.
  /// - Complexity: O(n log n) comparisons of fractions for n slices.
  public func total(touches: Int) -> PrivacyLoss {
    precondition(touches >= 0, "a unit sits in a natural number of slices")
    guard touches > 0, !slices.isEmpty else { return unscoped }
    return PrivacyLoss(
      epsilonSum: Self.sum(ofLargest: touches, in: slices.values.map(\.epsilon))
        + unscoped.epsilon,
      deltaSum: Self.sum(ofLargest: touches, in: slices.values.map(\.delta)) + unscoped.delta
    )
  }

  private static func sum(ofLargest count: Int, in values: [Rational]) -> Rational {
    if count == 1 { return values.max() ?? .zero }
    if count >= values.count { return values.reduce(.zero, +) }
    return values.sorted(by: >).prefix(count).reduce(.zero, +)
  }

  /// Adds a spend on the whole population, or on each of the slices named.
  public mutating func add(_ loss: PrivacyLoss, slices named: [String]?) {
    guard let named else {
      unscoped += loss
      return
    }
    for slice in named { slices[slice, default: .zero] += loss }
  }

  /// Takes back a spend that was added before.
  ///
  /// - Returns: Whether the totals held it; where they did not, nothing changes.
  public mutating func remove(_ loss: PrivacyLoss, slices named: [String]?) -> Bool {
    guard let named else {
      guard loss.fits(within: unscoped) else { return false }
      unscoped = unscoped.remainder(after: loss)
      return true
    }
    let totals = named.map { slices[$0] ?? .zero }
    guard totals.allSatisfy({ loss.fits(within: $0) }) else { return false }
    for (slice, total) in zip(named, totals) { slices[slice] = total.remainder(after: loss) }
    return true
  }
}
