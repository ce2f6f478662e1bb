// BudgetScenario.swift: the spends of `budget_scenarios.json`, with what is expected of each.
// SPDX-License-Identifier: Apache-2.0

/// A policy and a sequence of spends.
public struct BudgetScenario: Decodable, Sendable {
  /// Epsilon and delta as a caller spells them; delta may be absent.
  public struct Amount: Decodable, Sendable {
    /// Epsilon.
    public let epsilon: String
    /// Delta.
    public let delta: String?
  }

  /// Slices that are fixed per unit.
  public struct Dimension: Decodable, Sendable {
    /// The name.
    public let name: String
    /// The slices.
    public let values: [String]
    /// The most slices that a unit is in.
    public let touches: Int
  }

  /// The caps.
  public struct Config: Decodable, Sendable {
    /// The lifetime cap.
    public let global: Amount
    /// The cap of each day.
    public let daily: Amount?
    /// The caps of analysts.
    public let analyst: [String: Amount]?
    /// The slices.
    public let dimension: Dimension?
  }

  /// What is left of each cap, as pairs of epsilon and delta in lowest terms.
  public struct Remaining: Decodable, Sendable {
    /// Of the lifetime cap.
    public let global: [String]
    /// Of the cap of the day.
    public let daily: [String]?
    /// Of the cap of the analyst.
    public let analyst: [String]?
  }

  /// One spend.
  public struct Step: Decodable, Sendable {
    /// Epsilon as a caller spells it.
    public let epsilon: String
    /// Delta as a caller spells it.
    public let delta: String?
    /// The slices.
    public let scope: [String]?
    /// The label of the day.
    public let day: Int?
    /// Who spends.
    public let analyst: String?
    /// `accept`, `refuse` or `invalid`.
    public let expect: String
    /// The caps that would be passed.
    public let violated: [String]?
    /// What is left afterwards.
    public let remaining: Remaining
  }

  private struct File: Decodable {
    let scenarios: [BudgetScenario]
  }

  /// The name.
  public let name: String
  /// The caps.
  public let config: Config
  /// The spends, in order.
  public let steps: [Step]

  /// All scenarios of the file.
  public static func all() throws -> [BudgetScenario] {
    try Vectors.decode(File.self, from: "budget_scenarios.json").scenarios
  }
}

/// A cap on spends that add up by zCDP, and a sequence of pure spends under it.
public struct ConcentratedScenario: Decodable, Sendable {
  /// One spend.
  public struct Step: Decodable, Sendable {
    /// Epsilon as a caller spells it.
    public let epsilon: String
    /// `accept` or `refuse`.
    public let expect: String
    /// What all accepted spends come to, in lowest terms.
    public let rho: String
    /// Bounds on the epsilon that this implies at the target delta.
    public let spent: [String]

    private enum CodingKeys: String, CodingKey {
      case epsilon, expect, rho
      case spent = "epsilon_spent_cks"
    }
  }

  private struct File: Decodable {
    let scenarios: [ConcentratedScenario]

    private enum CodingKeys: String, CodingKey {
      case scenarios = "zcdp_filter"
    }
  }

  /// The epsilon of the cap.
  public let epsilon: String
  /// The delta of the cap.
  public let delta: String
  /// The spends, in order.
  public let steps: [Step]

  private enum CodingKeys: String, CodingKey {
    case steps
    case epsilon = "target_epsilon"
    case delta = "target_delta"
  }

  /// All scenarios of the file.
  public static func all() throws -> [ConcentratedScenario] {
    try Vectors.decode(File.self, from: "budget_scenarios.json").scenarios
  }
}
