// BudgetFilter.swift: whether a spend stays within every cap of a policy; pure, exact, no storage.
// Reference: [RRUV16]; `Tests/Vectors/README.md` section 9.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

/// One account that a policy caps: the lifetime, one day label, or one analyst.
public struct BudgetAccount: Sendable, Hashable {
  /// The cap that it is held to.
  public let limit: BudgetLimit
  /// The day label or the analyst; empty for the lifetime, and for spends by nobody named.
  public let label: String

  /// Makes the name of an account.
  public init(_ limit: BudgetLimit, label: String = "") {
    self.limit = limit
    self.label = label
  }
}

/// What a filter decides about a spend.
public enum BudgetDecision: Sendable, Hashable {
  /// Every cap holds: the touched accounts as they are after the spend, and what remains then.
  case accepted([BudgetAccount: Odometer], remaining: RemainingBudget)
  /// A cap would be passed, and nothing changes anywhere.
  case refused(BudgetRefusal)
  /// The spend has no meaning under the policy, and nothing changes anywhere.
  case invalid(InvalidSpend, remaining: RemainingBudget)
}

/// Decides about spends under one policy.
///
/// A spend is accepted when afterwards each account that it touches costs at most its cap, in
/// epsilon and in delta. Reaching a cap exactly is accepted; a spend of nothing always is. Under a
/// policy that adds up zCDP, a cap with a delta is held against `ConcentratedBudget`.
///
/// - Privacy: Whatever the order of spends, and however each was chosen from the releases before
///   it, the accepted ones together cost at most every cap.
/// - Reference: [RRUV16], with basic composition; [WRRW23], with approximate zCDP.
public struct BudgetFilter: Sendable {
  /// What the owner allows.
  public let policy: LedgerPolicy
  private let slices: Set<String>

  /// Makes the filter of a policy.
  public init(_ policy: LedgerPolicy) {
    self.policy = policy
    slices = Set(policy.dimension?.values ?? [])
  }

  /// The accounts that a spend under this day label by this analyst touches.
  ///
  /// - Returns: The lifetime, then the day where the policy has daily caps, then the analyst where
  ///   the policy has a cap for the analyst.
  public func accounts(analyst: String?, day: String) -> [BudgetAccount] {
    var accounts = [BudgetAccount(.lifetime)]
    if policy.daily != nil { accounts.append(BudgetAccount(.daily, label: day)) }
    if let label = analystLabel(analyst) {
      accounts.append(BudgetAccount(.analyst, label: label))
    }
    return accounts
  }

  /// The most that may be spent on an account; `nil` where the policy sets no such cap.
  public func cap(of account: BudgetAccount) -> PrivacyLoss? {
    switch account.limit {
    case .lifetime: policy.lifetime
    case .daily: policy.daily
    case .analyst: policy.analysts?[account.label] ?? policy.analysts?["*"]
    }
  }

  /// What is left of each cap: exactly where losses are summed, and where zCDP adds up a certified
  /// lower bound on the largest single pure spend that fits.
  ///
  /// The balances are those of `accounts(analyst:day:)`; an absent one is empty.
  public func remaining(
    analyst: String?,
    day: String,
    balances: [BudgetAccount: Odometer]
  ) -> RemainingBudget {
    func left(_ account: BudgetAccount) -> PrivacyLoss? {
      cap(of: account).map { self.left(of: $0, on: account, after: cost(of: balances[account])) }
    }
    return RemainingBudget(
      lifetime: left(BudgetAccount(.lifetime)) ?? .zero,
      daily: left(BudgetAccount(.daily, label: day)),
      analyst: analystLabel(analyst).flatMap { left(BudgetAccount(.analyst, label: $0)) },
      accounting: policy.accounting
    )
  }

  /// Decides about a spend.
  ///
  /// The balances are those of `accounts(analyst:day:)`; an absent one is empty.
  ///
  /// - Postcondition: No account of an accepted spend costs more than its cap.
  public func decide(
    _ spend: Spend,
    balances: [BudgetAccount: Odometer]
  ) -> BudgetDecision {
    func left(_ balances: [BudgetAccount: Odometer]) -> RemainingBudget {
      remaining(analyst: spend.analyst, day: spend.day, balances: balances)
    }
    do {
      let after = try admitted(spend, balances: balances)
      return .accepted(after, remaining: left(after))
    } catch {
      switch error {
      case .passes(let violated):
        let fitting = fitting(
          analyst: spend.analyst,
          day: spend.day,
          slices: try? checkedSlices(of: spend),
          balances: balances
        )
        return .refused(
          BudgetRefusal(
            violated: violated,
            remaining: left(balances),
            asked: spend.loss,
            fitting: fitting
          )
        )
      case .invalid(let reason): return .invalid(reason, remaining: left(balances))
      }
    }
  }

  /// Why a spend is not admitted.
  package enum Objection: Error {
    case passes(Set<BudgetLimit>)
    case invalid(InvalidSpend)
  }

  /// Decides without saying what is left, which can be much more work.
  ///
  /// - Returns: The touched accounts as they are after the spend.
  package func admitted(
    _ spend: Spend,
    balances: [BudgetAccount: Odometer]
  ) throws(Objection) -> [BudgetAccount: Odometer] {
    let slices: [String]?
    do { slices = try checkedSlices(of: spend) } catch { throw .invalid(error) }
    let after = added(charges(of: spend), slices: slices, to: balances)
    let violated = Set(after.filter { !holds($0.value, $0.key) }.keys.map(\.limit))
    guard violated.isEmpty || spend.loss == .zero else { throw .passes(violated) }
    return after
  }

  /// The slices of a spend as the policy spells them, in the order of their names.
  ///
  /// - Throws: `InvalidSpend` for what has no meaning under the policy.
  public func checkedSlices(of spend: Spend) throws(InvalidSpend) -> [String]? {
    if policy.analysts != nil, analystLabel(spend.analyst) == nil {
      throw .unknownAnalyst(spend.analyst ?? "")
    }
    guard let named = spend.slices else { return nil }
    guard policy.dimension != nil else { throw .noDimension }
    guard !named.isEmpty else { throw .noSlices }
    var checked: Set<String> = []
    for name in named {
      // Texts that differ only in how they are encoded are one slice: the policy's spelling counts.
      guard let index = slices.firstIndex(of: name) else { throw .unknownSlice(name) }
      let slice = slices[index]
      guard checked.insert(slice).inserted else { throw .duplicateSlice(name) }
    }
    return checked.sorted()
  }

  /// The label of the account that an analyst's spends are counted on, as the policy spells it;
  /// `nil` where the policy sets no cap for the analyst.
  private func analystLabel(_ analyst: String?) -> String? {
    guard let caps = policy.analysts else { return nil }
    if let analyst, let index = caps.index(forKey: analyst) { return caps[index].key }
    return caps["*"] == nil ? nil : analyst ?? ""
  }
}
