// SeriesTests.swift: counts over time stand at their true distances, with gaps where there are none.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import Releases
import Testing

@testable import Reporting

@Suite struct `Time series of a report` {
  @Test func `puts days, weeks and months at their true distances`() throws {
    let days = try #require(TimeAxis(["2026-03-01", "2026-02-27", "2026-03-03"], key: "day"))
    #expect(days.labels == ["2026-02-27", "2026-03-01", "2026-03-03"])
    #expect(days.places == [0, 0.5, 1])
    #expect(days.order == [1, 0, 2])
    #expect(days.follows == [false, false, false])
    let weeks = try #require(TimeAxis(["2026-W52", "2026-W53", "2027-W01"], key: "week"))
    #expect(weeks.places == [0, 0.5, 1])
    #expect(weeks.follows == [false, true, true])
    let months = try #require(TimeAxis(["2026-11", "2026-12", "2027-02"], key: "month"))
    #expect(months.follows == [false, true, false])
  }

  @Test(arguments: [
    (["2026-03-01", "yesterday"], "day"), (["2026-W54", "2026-W01"], "week"),
    (["2026-13", "2026-01"], "month"), (["2026-03-01"], "day"), ([], "day"),
  ])
  func `is not drawn for what is no time, or only one`(labels: [String], key: String) {
    #expect(TimeAxis(labels, key: key) == nil)
  }

  private func sample(_ days: [String], missing: Int? = nil) -> SampleRelease {
    SampleRelease(
      keys: [("day", days), ("intent", ["car", "home"])],
      measures: [.signals],
      count: { cell, _ in Int64(100 + cell) }
    )
  }

  @Test func `has a line for each view, and shows the first`() throws {
    let days = ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-05"]
    let page = HTMLReport.page(of: try sample(days).release())
    #expect(page.contains("<h2 id=\"series\">Over time</h2>"))
    #expect(page.components(separatedBy: "<div class=\"chart\"").count == 3)
    #expect(page.contains("data-v=\"100|102|104|106\""))
    #expect(page.contains("data-x=\"0 25 50 100\""))
    #expect(page.contains("aria-label=\"signals, intent home, by day, 2026-11-01 to 2026-11-05\""))
    #expect(!page.contains("nan") && !page.contains("inf%"))
    #expect(!HTMLReport.page(of: try sample(["2026-11-01"]).release()).contains("id=\"series\""))
  }

  @Test func `breaks the line where a period has no number`() throws {
    let labels = ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-06"]
    let axis = try #require(TimeAxis(labels, key: "day"))
    func value(_ number: Double) -> FigureValue {
      FigureValue(text: "", number: number, halfWidth: 2, isUncertain: false)
    }
    let chart = LineChart(axis: axis, values: [value(1), value(2), nil, value(-4), value(5)])
    let curve = chart.svg.html.split(separator: "class=\"curve\" d=\"").last ?? ""
    #expect(curve.prefix { $0 != "\"" }.count { $0 == "M" } == 3)
  }

  @Test(arguments: [Double.infinity, 1e300, 0, -1e18])
  func `draws extreme numbers`(number: Double) throws {
    let axis = try #require(TimeAxis(["2026-11", "2026-12"], key: "month"))
    let value = FigureValue(text: "", number: number, halfWidth: 1, isUncertain: false)
    let html = LineChart(axis: axis, values: [value, value]).svg.html
    #expect(!html.contains("nan") && !html.contains("inf"))
  }

  /// A release of running counts, of three periods.
  private func running() throws -> ReleaseBody {
    let body = try SampleRelease(
      keys: [("region", ["CA", "NY"])],
      measures: [.units],
      count: { cell, _ in cell == 0 ? 30 : -4 }
    ).body()
    return ReleaseBody(
      id: body.id,
      name: body.name,
      dataset: body.dataset,
      created: body.created,
      specSHA256: body.specSHA256,
      privacy: body.privacy,
      bounds: body.bounds,
      query: body.query,
      measures: body.measures,
      cells: body.cells,
      remaining: body.remaining,
      continual: ReleasedContinual(
        tree: BalancedTree(arity: 3, horizon: 30),
        t: 3,
        variances: ["units": 5],
        state: String(repeating: "0", count: 32),
        series: ReleasedSeries(
          days: ["2026-11-02", "2026-11-09", "2026-11-16"],
          halfWidths: ["units": [5, 7, 9]],
          values: ["units": [[10, 1200, 30], [1, 2, -4]]]
        )
      )
    )
  }

  @Test func `shows running counts with the half-width of each period`() throws {
    let body = try running()
    let figure = try #require(SeriesFigure(runningOf: body))
    #expect(figure.axis.follows == [false, true, true], "weeks follow on one another")
    let page = HTMLReport.series(of: body).html
    #expect(page.contains("data-v=\"10|1,200|30\" data-h=\"5|7|9\""))
    #expect(page.contains("data-v=\"1|2|\u{2212}4\" data-h=\"5|7|9\""))
    #expect(page.contains("aria-label=\"units, region NY, running, 2026-11-02 to 2026-11-16\""))
    #expect(page.contains("counts everything from the beginning"))
  }
}
