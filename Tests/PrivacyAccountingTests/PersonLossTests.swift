// PersonLossTests.swift: what a unit of days or weeks costs a person.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Testing

@Suite struct `Loss of a person` {
  private static func second(_ day: String, _ more: Int64 = 0) throws -> Int64 {
    try #require(CivilDay(day)).firstSecond + more
  }

  @Test(arguments: [
    ("2026-11-01", 0, "2026-12-01", 0, 30, 6), ("2026-11-02", 0, "2026-11-09", 0, 7, 1),
    ("2026-11-02", 0, "2026-11-09", 1, 8, 2), ("2026-11-01", 86_399, "2026-11-02", 1, 2, 2),
    ("2026-11-01", 5, "2026-11-01", 6, 1, 1),
    // The last week of 2026 is W53; it ends on 3 January.
    ("2026-12-28", 0, "2027-01-04", 0, 7, 1), ("2026-12-31", 0, "2027-01-05", 0, 5, 2),
    ("1969-12-29", 0, "1970-01-05", 0, 7, 1), ("2024-02-28", 0, "2024-03-01", 0, 2, 1),
  ])
  func `counts the days and weeks that a window touches`(
    from: String,
    fromMore: Int,
    to: String,
    toMore: Int,
    days: Int,
    weeks: Int
  ) throws {
    let span = (
      from: try Self.second(from, Int64(fromMore)), to: try Self.second(to, Int64(toMore))
    )
    #expect(PrivacyUnit.personDay.periods(from: span.from, to: span.to) == days)
    #expect(PrivacyUnit.personWeek.periods(from: span.from, to: span.to) == weeks)
    #expect(PrivacyUnit.person.periods(from: span.from, to: span.to) == 1)
    // By looking at every hour, and at both ends.
    let seconds = Array(stride(from: span.from, to: span.to, by: 3600)) + [span.to - 1]
    #expect(Set(seconds.map { CivilDay(ofSecond: $0).label }).count == days)
    #expect(Set(seconds.map { CivilDay(ofSecond: $0).weekLabel }).count == weeks)
  }

  @Test func `is as many times the loss of a day as there are days`() throws {
    let span = (from: try Self.second("2026-11-01"), to: try Self.second("2026-12-01"))
    let loss = try PrivacyLoss(epsilon: Rational(1, 3))
    let days = PersonLoss(of: .personDay, loss: loss, selection: nil, within: span)
    #expect(days.periods == 30)
    #expect(days.loss == (try PrivacyLoss(epsilon: 10)))
    #expect(PersonLoss(of: .person, loss: loss, selection: nil, within: span).loss == nil)
    #expect(PersonLoss(of: .personDay, loss: loss, selection: nil, within: nil).loss == nil)
  }

  /// Delta by its definition, added up in fixed point beside.
  @Test func `has the delta of several units where cells are selected`() throws {
    let span = (from: try Self.second("2026-11-01"), to: try Self.second("2026-11-06"))
    let selection = try PrivacyLoss(epsilon: Rational(1, 2), delta: Rational(1, 1_000_000_000))
    let loss = try PrivacyLoss(epsilon: 2, delta: selection.delta)
    let person = PersonLoss(of: .personDay, loss: loss, selection: selection, within: span)
    var sum = Rational.zero
    for day in 0..<5 {
      sum += Enclosure.exp(Rational(day) / 2, precision: 200).upper.rational
    }
    let delta = try #require(person.loss?.delta)
    #expect(person.loss?.epsilon == 10)
    #expect(delta >= sum * selection.delta)
    #expect(delta <= sum * selection.delta * (1 + Rational(1, 100_000_000_000)))
  }

  @Test func `is none where delta would be one or more`() throws {
    for (epsilon, days) in [(Rational(1, 2), 80), (Rational(3000), 2)] as [(Rational, Int64)] {
      let from = try Self.second("2026-11-01")
      let selection = try PrivacyLoss(epsilon: epsilon, delta: Rational(1, 1_000_000_000))
      let person = PersonLoss(
        of: .personDay,
        loss: selection,
        selection: selection,
        within: (from, from + days * 86_400)
      )
      #expect(person.periods == Int(days) && person.loss == nil)
    }
  }
}
