// StatisticsReportTests.swift: sums and what is derived, in tables and on the page.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases
import Reporting
import Testing

@Suite struct `Reports of values` {
  @Test func `show sums in units of the value, to the page and the table`() throws {
    let release = try SampleRelease.values.release()
    let page = HTMLReport.page(of: release)
    // 1000 steps of a half, and a scale of 40 steps.
    #expect(page.contains("<td class=\"n\" data-v=\"1000\">500.0</td>"))
    #expect(page.contains("<td class=\"n\">20</td>"))
    for text in [
      "The sum of values, each from -2.5 to 10 in steps of 0.5, with noise, in each cell",
      "<h3 id=\"counts-derived\">Derived</h3>", "Top 2 of <bdi>region</bdi>", "quantile_0.25",
      "<h3 id=\"counts-sum\">Sum</h3>",
    ] { #expect(page.contains(text), "\(text)") }
    // The deviation is shown as the mean that is made of it.
    #expect(!page.contains("id=\"counts-deviation\""))
    let table = TerminalTable.text(of: release, width: 200)
    #expect(table.contains("500.0 "))
    #expect(!table.contains("deviation"))
    #expect(table.contains("top 2 of region: auto.suv: 06037 (300, rank 1); 01001 (120, rank 2)"))
  }

  @Test func `write derived numbers rounded outward`() throws {
    let rows = CountsCSV.text(of: try SampleRelease.values.release()).split(separator: "\n")
    #expect(
      rows[0]
        == "region,intent,signals,signals_half_width,sum,sum_half_width,deviation,"
        + "deviation_half_width,mean,mean_low,mean_high,share,share_low,share_high,"
        + "quantile_0.25,quantile_0.25_low,quantile_0.25_high,quantile_0.5,quantile_0.5_low,"
        + "quantile_0.5_high"
    )
    // The mean of the first cell is 11/4, from 515/226 to 805/254.
    #expect(rows[1].contains(",2.75,2.278,3.17,0.75,0.7062,0.7938,-0.5,,1,1,-0.5,1"))
    // Of the fifth only an interval is known, and its share is none.
    #expect(rows[5].contains(",,9.5,10,0,0,0.0934,"))
  }
}
