// Spend.swift: a request to spend, and what is left after it.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// A limit that a policy sets.
public enum BudgetLimit: String, Sendable, Hashable, CaseIterable {
  /// The most that may ever be spent.
  case lifetime
  /// The most under one day label.
  case daily
  /// The most for one analyst.
  case analyst
}

/// A request to spend a loss on an account.
public struct Spend: Sendable, Hashable {
  /// What is spent.
  public let loss: PrivacyLoss
  /// Who spends; `nil` for nobody named, who is held to the caps of `*` where analysts have caps.
  public let analyst: String?
  /// The day label that a daily cap counts under.
  public let day: String
  /// The slices that the spend is limited to; `nil` for the whole population.
  public let slices: [String]?

  /// Makes a request.
  public init(loss: PrivacyLoss, analyst: String? = nil, day: String, slices: [String]? = nil) {
    self.loss = loss
    self.analyst = analyst
    self.day = day
    self.slices = slices
  }
}

/// What is left of each cap that a policy sets.
///
/// The parts are never negative, because no spend passes its cap. Where losses add up they are
/// exact; under zCDP each epsilon is a certified lower bound on the largest pure spend that fits.
public struct RemainingBudget: Sendable, Hashable {
  /// What is left for ever.
  public let lifetime: PrivacyLoss
  /// What is left under the day label of the request; `nil` without daily caps.
  public let daily: PrivacyLoss?
  /// What is left for the analyst of the request; `nil` without caps for analysts, or where the
  /// analyst has none.
  public let analyst: PrivacyLoss?
  /// How the account adds up losses.
  public let accounting: Accounting

  /// Makes the record.
  public init(
    lifetime: PrivacyLoss,
    daily: PrivacyLoss?,
    analyst: PrivacyLoss?,
    accounting: Accounting = .sum
  ) {
    self.lifetime = lifetime
    self.daily = daily
    self.analyst = analyst
    self.accounting = accounting
  }

  /// The largest spend on the whole population that every cap admits.
  ///
  /// Under zCDP it is pure: a delta that is spent leaves less for epsilon.
  public var fitting: PrivacyLoss {
    let smallest = smallestParts
    guard accounting == .zcdp else { return smallest }
    return PrivacyLoss(epsilonSum: smallest.epsilon, deltaSum: .zero)
  }

  private var smallestParts: PrivacyLoss {
    [daily, analyst].compactMap { $0 }.reduce(lifetime) { smallest, cap in
      PrivacyLoss(
        epsilonSum: min(smallest.epsilon, cap.epsilon),
        deltaSum: min(smallest.delta, cap.delta)
      )
    }
  }
}
