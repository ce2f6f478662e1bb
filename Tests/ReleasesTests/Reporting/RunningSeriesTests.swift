// RunningSeriesTests.swift: running counts in the page: a line for each cell, with its own band.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Releases
import Reporting
import Testing

@Suite struct `A page of running counts` {
  @Test func `draws a line for each cell and measure, and says what is not counted`() throws {
    let page = HTMLReport.page(of: try SampleRelease.runningCounts.release())
    #expect(page.contains("<h2 id=\"series\">Over time</h2>"))
    #expect(page.contains("data-labels=\"2026-11-01|2026-11-02|2026-11-03\""))
    // Six cells and two measures; the first is shown.
    #expect(page.components(separatedBy: "class=\"chart\"").count - 1 == 12)
    #expect(page.contains("data-v=\"\u{2212}16|\u{2212}14|\u{2212}12\" data-h=\"72|"))
    #expect(page.contains("counts since 2026-11-01"))
    #expect(page.contains("Signals that arrived after their day was released are not counted"))
    #expect(page.contains("ε = 1 allows, however many were made"))
    #expect(!page.contains("This run by itself"))
  }

  @Test func `draws no line where there is one period, nor for other releases`() throws {
    for sample in [SampleRelease(continual: (29, 365, 1)), SampleRelease()] {
      #expect(!HTMLReport.page(of: try sample.release()).contains("<h2 id=\"series\">"))
    }
  }
}
