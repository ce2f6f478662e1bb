// HierarchyText.swift: what a plan says about the levels of a hierarchy.
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// What a plan says about the levels of a hierarchy.
enum HierarchyText {
  /// The price and the noise of each level.
  static func text(_ plan: AggregationPlan) -> String {
    guard let planned = plan.hierarchy else { return "" }
    let hierarchy = planned.hierarchy
    let figures = try? planned.figures(of: plan.specification)
    let estimated = planned.estimatedMeasure(of: plan.specification)
    var headings = [
      "level", "regions", "measure", "sensitivity", "epsilon", "scale", "half-width", "at once",
    ]
    if figures != nil { headings.append("once it adds up") }
    var table = Columns(headings, numbers: [1, 3, 4, 5, 6, 7, 8])
    let levelOf = hierarchy.levelOf
    for (level, entry) in hierarchy.levels.enumerated() {
      for (measure, noise) in planned.noise.enumerated() {
        let own = noise[level]
        var row = [
          entry.name, "\(entry.count)", own.measure, "\(own.sensitivity)", "\(own.epsilon)",
          "\(own.scale)", "\(own.halfWidth)", "\(own.simultaneousHalfWidth)",
        ]
        if let figures, measure == estimated {
          let widths = levelOf.indices.filter { levelOf[$0] == level }.map {
            figures.halfWidths[$0]
          }
          let (least, most) = (widths.min() ?? 0, widths.max() ?? 0)
          row.append(least == most ? "\(least)" : "\(least) to \(most)")
        } else if figures != nil {
          row.append("-")
        }
        table.add(row)
      }
    }
    return "\nEach level is counted and paid for by itself; the table above shows the sum of the\n"
      + "prices and the most noise.\n\n" + table.text
  }

  /// The same for programs.
  static func json(_ plan: AggregationPlan) -> JSONText? {
    guard let planned = plan.hierarchy else { return nil }
    return .list(
      planned.hierarchy.levels.enumerated().map { level, entry in
        .object([
          ("name", .text(entry.name)),
          ("regions", .count(entry.count)),
          ("share", .exact(entry.share)),
          (
            "measures",
            .list(
              planned.noise.map { noise in
                .object([
                  ("name", .text(noise[level].measure)),
                  ("sensitivity", .integer(noise[level].sensitivity)),
                  ("epsilon", .exact(noise[level].epsilon)),
                  ("scale", .exact(noise[level].scale)),
                  ("half_width", .integer(noise[level].halfWidth)),
                  ("simultaneous_half_width", .integer(noise[level].simultaneousHalfWidth)),
                ])
              }
            )
          ),
        ])
      }
    )
  }
}
