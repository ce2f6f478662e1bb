// SelectionVectors.swift: reference values of the rules that select cells, made without this code.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import TestSupport
import Testing

/// `Tests/Vectors/partition_selection.json`.
struct SelectionFile: Decodable {
  /// `[n, lower, upper]`, the bounds in decimal.
  struct Kept: Decodable, Sendable {
    let n: BigInteger
    let bounds: [String]

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      n = BigInteger(try row.decode(Int.self))
      bounds = [try row.decode(String.self), try row.decode(String.self)]
    }
  }

  struct Threshold: Decodable, Sendable, CustomTestStringConvertible {
    let epsilon: String
    let delta: String
    let cells: Int
    let signals: Int
    let scale: String
    let exact: Int
    let union: Int
    let achieved: [String]
    let before: [String]
    let keep: [Kept]

    enum CodingKeys: String, CodingKey {
      case epsilon, delta, keep
      case cells = "L0"
      case signals = "Linf"
      case scale = "b"
      case exact = "tau_exact"
      case union = "tau_union"
      case achieved = "delta_achieved"
      case before = "delta_at_tau_minus_1"
    }

    var testDescription: String { "(\(epsilon), \(delta)), \(cells) cells of \(signals)" }
  }

  struct PreThreshold: Decodable, Sendable {
    let pre: Int
    let keep: [Kept]
  }

  struct Optimal: Decodable, Sendable, CustomTestStringConvertible {
    let epsilon: String
    let delta: String
    let cells: Int
    let split: String
    let perCell: [String]
    let crossover: Int
    let certain: Int
    let keep: [Kept]
    let preThreshold: [PreThreshold]

    enum CodingKeys: String, CodingKey {
      case epsilon, delta, keep
      case cells = "L0"
      case split = "delta_split"
      case perCell = "delta_per_cell"
      case crossover = "n_crossover"
      case certain = "n_certain"
      case preThreshold = "pre_threshold"
    }

    var testDescription: String { "(\(epsilon), \(delta)), \(cells) cells, \(split)" }
  }

  struct Geometric: Decodable, Sendable, CustomTestStringConvertible {
    let epsilon: String
    let delta: String
    let cells: Int
    let split: String
    let reach: Int
    let threshold: Int
    let edge: [String]
    let always: Int
    let laplace: Int
    let masses: [Kept]
    let keep: [Kept]

    enum CodingKeys: String, CodingKey {
      case epsilon, delta, keep
      case cells = "L0"
      case split = "delta_split"
      case reach = "k"
      case threshold = "tau"
      case edge = "p_edge"
      case masses = "pmf"
      case always = "n_always_kept"
      case laplace = "tau_discrete_laplace_same_budget"
    }

    var testDescription: String { "(\(epsilon), \(delta)), \(cells) cells, \(split)" }
  }

  let threshold: [Threshold]
  let optimal: [Optimal]
  let geometric: [Geometric]

  enum CodingKeys: String, CodingKey {
    case threshold = "laplace_threshold"
    case optimal = "optimal_selection"
    case geometric = "truncated_geometric"
  }

  static let file = try? Vectors.decode(Self.self, from: "partition_selection.json")
}
