// LedgerError+Description.swift: what is wrong and the way out, in a sentence for each error.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic

extension PrivacyLoss: CustomStringConvertible {
  /// The loss in words, exactly: `epsilon 1/2`, and delta where it is not zero.
  public var description: String {
    delta.signum == 0 ? "epsilon \(epsilon)" : "epsilon \(epsilon) and delta \(delta)"
  }
}

extension PrivacyLossError: CustomStringConvertible {
  /// What is wrong and what to write instead.
  public var description: String {
    switch self {
    case .negativeEpsilon: "epsilon is negative; write zero or more"
    case .negativeDelta: "delta is negative; write zero or more"
    case .deltaNotBelowOne: "delta is one or more, which promises nothing; write less than one"
    }
  }
}

extension RemainingBudget {
  /// A part of what is left, in words: exactly where losses are summed and that is short, else
  /// epsilon with six digits, rounded down.
  public func words(_ left: PrivacyLoss) -> String {
    // A fraction with hundreds of digits says nothing to anybody.
    guard accounting == .zcdp || left.description.utf8.count > 100 else { return left.description }
    let delta = left.delta.signum == 0 ? "" : " and delta \(left.delta)"
    return "epsilon \(left.epsilon.decimal(digits: 6, .down))\(delta)"
  }

  /// The caps of a set in words, with what is left of each.
  public func words(for limits: Set<BudgetLimit>) -> String {
    BudgetLimit.allCases.filter(limits.contains).map { limit in
      switch limit {
      case .lifetime: "the lifetime budget, of which \(words(lifetime)) is left for ever"
      case .daily:
        "the budget of the day, of which \(words(daily ?? .zero)) is left under this label"
      case .analyst: "the analyst's budget, of which \(words(analyst ?? .zero)) is left"
      }
    }.joined(separator: ", and ")
  }
}

extension BudgetRefusal: CustomStringConvertible {
  /// Which caps stand in the way and the most that would fit.
  public var description: String {
    let loss = asked.map(\.description) ?? ""
    // A loss with hundreds of digits says nothing to anybody.
    let spend = loss.isEmpty || loss.count > 100 ? "the spend" : "the spend of \(loss)"
    let wayOut =
      fitting == .zero ? "nothing more fits now" : "at most \(remaining.words(fitting)) fits now"
    return "\(spend) would pass \(remaining.words(for: violated)); nothing was charged; \(wayOut)"
  }
}

extension InvalidSpend: CustomStringConvertible {
  /// What is wrong and what to write instead.
  public var description: String {
    switch self {
    case .loss(let error): return error.description
    case .unknownAnalyst(""):
      return "the policy has caps for analysts by name, and the spend names none; name the analyst"
    case .unknownAnalyst(let name):
      return "the policy has no cap for the analyst '\(name)' and none for '*'; "
        + "name one that it lists"
    case .unknownSlice(let name):
      return "the policy's dimension has no slice '\(name)'; name one that it lists"
    case .duplicateSlice(let name): return "the slice '\(name)' is named twice; name it once"
    case .tooLong(let digits):
      return "epsilon or delta has more than \(digits) digits, which every later sum would carry; "
        + "write a shorter number"
    case .noSlices:
      return "the list of slices is empty; leave it out to spend on the whole population"
    case .noDimension:
      return "the policy has no dimension, so a spend cannot be limited to slices; leave them out"
    case .schedulePrice(.sum):
      return "the price of the schedule is not the sum of what its runs cost; propose that sum"
    case .schedulePrice(.certified):
      return "the account adds up zCDP, in which a certified price has no place; "
        + "propose the sum of what the runs cost"
    case .schedulePrice(.disjoint):
      return "what the account protects lies in several runs of the schedule, or its price is not "
        + "that of one run; propose the sum of what the runs cost"
    case .schedulePrice(.horizon):
      return "the price of the running counts is not what is said of each; propose that"
    }
  }
}

extension LedgerFailure: CustomStringConvertible {
  /// What failed, where, and the way out.
  public var description: String {
    let (problem, wayOut) =
      switch kind {
      case .missing: ("there is no ledger", "create one, or name the place of yours")
      case .notALedger: ("this is not a ledger", "name the place of a ledger")
      case .damaged:
        ("the ledger is damaged", "restore a backup, and compare its head with one kept elsewhere")
      case .newerSchema: ("a newer version wrote the ledger", "use that version")
      case .readOnly: ("the ledger cannot be written", "allow writing to the file and its folder")
      case .full: ("the disk is full", "make room and try again; nothing is lost")
      case .busy: ("another process holds the ledger", "try again when it is done")
      case .signingKey:
        ("the key that signs releases cannot be used", "let this run read the owner's key")
      case .other: ("the ledger cannot be used", "mend the cause and try again")
      }
    return "\(place): \(problem) (\(detail)); \(wayOut)"
  }
}

extension LedgerError: CustomStringConvertible {
  /// What is wrong and the way out.
  public var description: String {
    switch self {
    case .refused(let refusal): return refusal.description
    case .invalid(let reason, _): return reason.description
    case .accountExists(let name):
      return "the ledger already has an account '\(name)', whose policy stays as it is; "
        + "choose another name or another ledger"
    case .unknownDataset(let name, let known):
      let list = known.isEmpty ? "none" : known.map { "'\($0)'" }.joined(separator: ", ")
      return "the ledger has no account '\(name)'; it has \(list)"
    case .mismatch(let part):
      return "the spec differs from what the ledger's policy pins in '\(part.rawValue)'; "
        + "use what the owner pinned"
    case .conflict(let id):
      return "the id '\(id)' already stands for a run or spend with another analyst, day, loss or "
        + "spec; repeat it with the same options, or choose another id for another report"
    case .superseded(let id):
      return "the release '\(id)' was voided, or another run took it over; "
        + "ask for it again under its id"
    case .notVoidable(let id, let state):
      return "the release '\(id)' is \(state) and cannot be voided; "
        + "only one that is reserved and has read nothing can"
    case .schedule(let refusal): return refusal.description
    case .unavailable(let failure): return failure.description
    }
  }
}
