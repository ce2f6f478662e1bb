// PlaceText.swift: regions that are told from coordinates, for people and for programs.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a plan says about regions that are told from coordinates.
struct PlaceText {
  private let shapes: RegionShapes
  private let count: Int
  private let overlap: RegionOverlap?

  /// `nil` where signals name their regions.
  init?(_ plan: AggregationPlan) {
    guard let shapes = plan.specification.shapes else { return nil }
    self.shapes = shapes
    count = plan.specification.cells[.region]?.values.count ?? 0
    overlap = shapes.overlap
  }

  private var noun: String {
    switch shapes {
    case .circles: "circles"
    case .polygons: "polygons"
    case .geohash: "cells of a grid"
    }
  }

  /// What the regions are and how many one signal lies in.
  var line: String {
    var text = "\(count) \(noun)"
    guard let overlap else { return text + "; a signal counts in each that holds it" }
    guard overlap.most > 1 else { return text + "; a signal lies in at most one" }
    text += "; one signal lies in at most \(overlap.most) of them"
    if overlap.reached < overlap.most { text += ", and in \(overlap.reached) at some place" }
    return text
  }

  var json: JSONText {
    var fields: [(String, JSONText)] = [("rule", .text(rule))]
    if let overlap {
      fields.append(("most_per_signal", .count(overlap.most)))
      fields.append(("reached_per_signal", .count(overlap.reached)))
    }
    return .object(fields)
  }

  private var rule: String {
    switch shapes {
    case .circles: "circle"
    case .polygons: "polygon"
    case .geohash: "geohash"
    }
  }

  /// What bounds cost people where a signal lies in several regions.
  func warnings(_ bounds: ContributionBounds) -> [String] {
    guard let overlap, overlap.reached > 1 else { return [] }
    let pairs = overlap.reached
    var warnings: [String] = []
    if bounds.cellsPerUnit < pairs {
      warnings.append(
        "one signal can lie in \(pairs) regions at once, and `cells_per_unit` is "
          + "\(bounds.cellsPerUnit): of the regions of such a signal only so many are kept, chosen at "
          + "random; raise it to \(pairs), which costs as much more noise, or write fewer radii"
      )
    }
    if let total = bounds.signalsPerUnit, total < pairs {
      warnings.append(
        "one signal can make \(pairs) pairs with regions, and `signals_per_unit` is \(total): it "
          + "counts pairs, so not even one such signal is counted whole; raise it to at least \(pairs)"
      )
    }
    return warnings
  }
}
