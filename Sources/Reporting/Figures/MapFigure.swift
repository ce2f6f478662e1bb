// MapFigure.swift: the regions of a release in colours, with the numbers of every view.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import Releases

/// The regions of a release in colours, with the numbers of every view.
struct MapFigure {
  /// The most numbers that a page holds for its map.
  static let mostNumbers = 60_000

  let regions: RegionMap
  let layers: [FigureLayer]
  let views: FigureViews
  /// The scale of each view, by layer.
  private let scales: [[ColorScale]]
  /// The numbers, by layer, view and region.
  private let values: [[[FigureValue?]]]

  /// Colours the regions; `nil` where there is nothing to colour.
  init?(of body: ReleaseBody, regions: RegionMap, views: FigureViews) {
    let layers = FigureLayer.layers(of: body)
    guard !layers.isEmpty else { return nil }
    self.regions = regions
    self.layers = layers
    self.views = views
    values = layers.map { layer in
      views.views.map { view in
        view.cells.map { $0.flatMap { layer.value(body.cells[$0]) } }
      }
    }
    // Views that differ in time alone share their colours, so that they can be compared.
    let times = views.others.indices.filter { Self.times.contains(views.others[$0].name) }
    func group(_ view: FigureViews.View) -> [Int] {
      view.choice.indices.filter { !times.contains($0) }.map { view.choice[$0] }
    }
    scales = values.map { layer in
      var members: [[Int]: [FigureValue]] = [:]
      for (view, numbers) in zip(views.views, layer) {
        members[group(view), default: []] += numbers.compactMap { $0 }
      }
      let scales = members.mapValues { numbers in
        ColorScale(numbers.map(\.number), halfWidth: numbers.map(\.halfWidth).max() ?? 0)
      }
      return views.views.map { scales[group($0)] ?? ColorScale([], halfWidth: 0) }
    }
  }

  private static let times: Set<String> = ["day", "week", "month"]

  /// The letters of all regions in one view.
  func letters(layer: Int, view: Int) -> [Character] {
    values[layer][view].map { scales[layer][view].letter(of: $0) }
  }

  /// The scale of a view.
  func scale(layer: Int, view: Int) -> ColorScale { scales[layer][view] }

  /// A region's code, and its name where there is one.
  func label(_ region: Int) -> String {
    let code = views.axis[region]
    return regions.names[region].map { "\(code) (\($0))" } ?? code
  }

  /// What a view shows.
  func title(layer: Int, view: Int) -> String {
    let rest = views.title(of: views.views[view])
    return layers[layer].name + (rest.isEmpty ? "" : ", \(rest)")
  }

  /// The numbers for the script: names of regions, layers, views and legends.
  var data: String {
    var legends: [ColorScale: Int] = [:]
    var legendTexts: [String] = []
    func legend(_ scale: ColorScale) -> Int {
      if let number = legends[scale] { return number }
      legends[scale] = legendTexts.count
      legendTexts.append(
        FigureText.list(
          scale.legend.map {
            FigureText.list([FigureText.string(String($0.letter)), FigureText.string($0.text)])
          }
        )
      )
      return legendTexts.count - 1
    }
    let views = self.views.views.indices.map { view in
      let parts = layers.indices.map { layer in
        let numbers = values[layer][view]
        let varies = layers[layer].halfWidth.isEmpty
        let halfWidths = varies ? numbers.map { $0?.halfWidthText ?? "" } : []
        return FigureText.object([
          "v": FigureText.string(numbers.map { $0?.text ?? "" }.joined(separator: "|")),
          "c": FigureText.string(String(letters(layer: layer, view: view))),
          "h": FigureText.string(halfWidths.joined(separator: "|")),
          "s": "\(legend(scales[layer][view]))",
        ])
      }
      return FigureText.object([
        "k": FigureText.string(
          self.views.views[view].choice.map(String.init).joined(separator: ",")
        ),
        "t": FigureText.string(self.views.title(of: self.views.views[view])),
        "l": FigureText.list(parts),
      ])
    }
    return FigureText.object([
      "names": FigureText.list(self.views.axis.indices.map { FigureText.string(label($0)) }),
      "layers": FigureText.list(
        layers.map { layer in
          FigureText.object([
            "n": FigureText.string(layer.name), "h": FigureText.string(layer.halfWidth),
          ])
        }
      ),
      "views": FigureText.list(views),
      "legends": FigureText.list(legendTexts),
    ])
  }
}
