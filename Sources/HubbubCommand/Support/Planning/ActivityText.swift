// ActivityText.swift: advice on bounds from an activity that the user declares.
// Reference: `docs/planning.md`, section "Advice on bounds".
// SPDX-License-Identifier: Apache-2.0

import Hubbub

/// Advice on bounds from a declared activity.
struct ActivityOutlook {
  private let units: BigInteger
  private let cells: Int
  private let advice: [BoundAdvice]

  /// Compares bounds.
  ///
  /// - Parameters:
  ///   - text: The activity, or the path of a file that holds it.
  ///   - units: The number of units that the user states.
  ///   - population: That of the policy, where the user states none.
  ///   - plan: The plan whose bounds are compared.
  /// - Throws: `CommandFailure` for what is no activity, and for plans that have no use for one.
  init?(
    _ text: String?,
    units: String?,
    population: Int?,
    for plan: AggregationPlan
  ) throws(CommandFailure) {
    guard let text else {
      guard units == nil else { throw .invalid("--units: says nothing without --activity") }
      return nil
    }
    guard plan.selection == nil, plan.continual == nil else {
      throw .invalid(
        "--activity: advice on bounds needs a number of cells, and one count of each; list the cells "
          + "for it"
      )
    }
    let measures = plan.measures.filter { Measure.counts.contains($0.measure) }
    guard !measures.isEmpty else {
      throw .invalid("--activity: the spec counts neither signals nor units; nothing to compare")
    }
    guard let number = units.map({ BigInteger($0) }) ?? population.map({ BigInteger($0) }),
      number.signum > 0
    else {
      throw .invalid(
        "--units: write how many units there are, roughly and from a public source: a whole number "
          + "from 1, such as 50000"
      )
    }
    let activity: DeclaredActivity
    do {
      activity = try DeclaredActivity(parsing: try Self.content(text))
    } catch let error as DeclaredActivityError {
      throw .invalid("--activity: \(error.description)")
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw .invalid("--activity: \(error)")
    }
    self.units = number
    cells = plan.cellCount
    advice = measures.map {
      BoundAdvice(for: activity, units: number, measure: $0, cells: plan.cellCount)
    }
  }

  /// The activity itself, or what its file holds.
  private static func content(_ text: String) throws(CommandFailure) -> String {
    guard !text.utf8.contains(UInt8(ascii: ":")) else { return text }
    let bytes = try InputFile.read(text, limit: 1 << 20, what: "declared activity")
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func bound(_ measure: Measure) -> String {
    measure == .units ? "cells_per_unit" : "signals_per_unit"
  }

  /// The advice in words.
  var text: String {
    var text = "Advice on bounds, from the activity that you declare and \(units) units, "
    text += "never from the data:\n"
    for advice in advice {
      let name = Self.bound(advice.measure)
      var table = Columns(
        [name, "kept", "scale", "left out", "total error"],
        numbers: [0, 1, 2, 3, 4]
      )
      for candidate in advice.candidates {
        table.add([
          candidate.bound.description,
          (candidate.kept * 100).decimal(digits: 4, .down) + "%",
          candidate.scale.decimal(digits: 4, .up), candidate.leftOut.decimal(digits: 4, .up),
          candidate.totalError.decimal(digits: 4, .up),
        ])
      }
      text += "\n\(table.text)\nThe least total error for \(advice.measure.rawValue) has `\(name): "
      text += "\(advice.best.bound)`"
      text +=
        advice.best.bound == advice.current.bound
        ? ", as the spec has it.\n"
        : "; the spec's bounds come to \(advice.current.bound).\n"
    }
    return text
      + """
      The total error adds up, over all \(cells) cells, what the bound leaves out and the mean
      size of the noise, which is below its scale. A contribution is a signal, and for units a
      cell, of which a unit is in no more than there are.

      """
  }

  /// The same for programs.
  var json: (String, JSONText) {
    func json(_ candidate: BoundAdvice.Candidate) -> JSONText {
      .object([
        ("bound", .count(candidate.bound)), ("kept", .exact(candidate.kept)),
        ("scale", .exact(candidate.scale)), ("left_out", .exact(candidate.leftOut)),
        ("total_error", .exact(candidate.totalError)),
      ])
    }
    let items = advice.map { advice in
      JSONText.object([
        ("measure", .text(advice.measure.rawValue)),
        ("name", .text(Self.bound(advice.measure))),
        ("best", .count(advice.best.bound)), ("current", .count(advice.current.bound)),
        ("candidates", .list(advice.candidates.map(json))),
      ])
    }
    return (
      "advice",
      .object([("units", .integer(units)), ("cells", .count(cells)), ("measures", .list(items))])
    )
  }
}
