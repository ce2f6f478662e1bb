// FigureData.swift: the numbers of a release as figures draw them, view by view.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting
import Releases

/// A number in one cell, as a figure shows it.
struct FigureValue {
  /// The number, exact, with a real minus sign.
  let text: String
  /// The number, for its place and its colour alone.
  let number: Double
  /// The half-width of the cell by itself.
  let halfWidth: Double
  /// The half-width where it differs from cell to cell; empty where the layer has one for all.
  var halfWidthText = ""
  /// Whether the half-width exceeds the number, so that there may be nothing but noise.
  let isUncertain: Bool
}

/// What is measured, for all cells.
struct FigureLayer {
  /// Its name, such as `signals`.
  let name: String
  /// The half-width of each cell by itself, as text; empty where it differs from cell to cell.
  let halfWidth: String
  /// The half-width that holds for all cells at once, as text; empty where there is none.
  let simultaneousHalfWidth: String
  /// The confidence of both, as text.
  let confidence: String
  /// Whether the exact number may be below zero, so that a noisy one there means something.
  var isSigned = false
  /// The number in a cell; `nil` where it has none.
  let value: (ReleasedCell) -> FigureValue?
}

extension FigureLayer {
  /// The layers of a release, one for each measure that is shown; sums are in units of the value.
  static func layers(of body: ReleaseBody) -> [FigureLayer] {
    if let layers = levelLayers(of: body) { return layers }
    return body.shownMeasures.map { index in
      let measure = body.measures[index]
      let kind = measure.measure
      return FigureLayer(
        name: kind.rawValue,
        halfWidth: kind.shown(measure.halfWidth),
        simultaneousHalfWidth: kind.shown(measure.simultaneousHalfWidth),
        confidence: PlainNumber.percent(measure.confidence),
        isSigned: !kind.isNeverNegative,
        value: { cell in FigureValue(cell.counts[index], halfWidth: measure.halfWidth, of: kind) }
      )
    }
  }
}

extension FigureValue {
  /// A number of steps of a measure, with its half-width.
  ///
  /// - Parameters:
  ///   - steps: The noisy number.
  ///   - width: Its own half-width, in steps.
  ///   - measure: What is measured.
  ///   - isListed: Whether the half-width is shown beside each number.
  init(_ steps: Int64, halfWidth width: BigInteger, of measure: Measure, isListed: Bool = false) {
    let grid = measure.range.map { Double($0.grid.decimal(digits: 15, .down)) ?? 1 } ?? 1
    text = measure.shown(BigInteger(steps))
    number = Double(steps) * grid
    halfWidth = (Double(width.description) ?? .infinity) * grid
    halfWidthText = isListed ? measure.shown(width) : ""
    isUncertain = Self.isUncertain(steps, halfWidth: width, signed: !measure.isNeverNegative)
  }

  /// The rule of hatching: the half-width exceeds the number, so that its interval holds zero, or
  /// reaches below it where the exact number cannot.
  static func isUncertain(_ steps: Int64, halfWidth: BigInteger, signed: Bool = false) -> Bool {
    halfWidth > (signed ? BigInteger(steps).magnitude : BigInteger(steps))
  }
}

/// The cells of a release along one key, a view for each combination of the other keys' values.
struct FigureViews {
  /// One view.
  struct View {
    /// The value of each other key, by its number in `others`.
    let choice: [Int]
    /// The cell at each place of the axis; `nil` where none was released.
    var cells: [Int?]
  }

  /// The name of the key along which the cells are.
  let axisName: String
  /// Its values.
  let axis: [String]
  /// The other keys, and their values.
  let others: [(name: String, values: [String])]
  /// The views, in the order of the release.
  private(set) var views: [View]
  /// The number of views that were left out, because they are too many for a page.
  private(set) var omitted = 0

  /// Takes views as they are.
  init(
    axisName: String,
    axis: [String],
    others: [(name: String, values: [String])],
    views: [View],
    omitted: Int
  ) {
    self.axisName = axisName
    self.axis = axis
    self.others = others
    self.views = views
    self.omitted = omitted
  }

  /// The views along the key of that name; `nil` where the release has no such key or no cell.
  ///
  /// - Parameters:
  ///   - body: The release.
  ///   - name: The name of the key.
  ///   - places: The values of the key that have a place; all of them if `nil`.
  ///   - most: The most places of all views that are kept; those with the largest first numbers are.
  init?(
    of body: ReleaseBody,
    along name: String,
    places: [String]? = nil,
    most: Int
  ) {
    guard let key = body.query.keys.firstIndex(where: { $0.name == name }) else { return nil }
    axisName = name
    var axis = Numbered()
    for place in places ?? [] { _ = axis.number(of: place) }
    var others = body.query.keys.indices.filter { $0 != key }.map {
      (index: $0, values: Numbered())
    }
    var numbers: [[Int]: Int] = [:]
    var views: [(choice: [Int], cells: [(Int, Int)])] = []
    for (index, cell) in body.cells.enumerated() {
      let place = axis.number(of: cell.values[key])
      var choice: [Int] = []
      for other in others.indices {
        choice.append(others[other].values.number(of: cell.values[others[other].index]))
      }
      if let number = numbers[choice] {
        views[number].cells.append((place, index))
      } else {
        numbers[choice] = views.count
        views.append((choice, [(place, index)]))
      }
    }
    guard !views.isEmpty else { return nil }
    self.axis = axis.values
    self.others = others.map { (body.query.keys[$0.index].name, $0.values.values) }
    let room = max(1, most / max(1, axis.values.count))
    if views.count > room {
      omitted = views.count - room
      let sums = views.map { view in view.cells.reduce(0.0) { $0 + Self.size(body.cells[$1.1]) } }
      let kept = Set(views.indices.sorted { sums[$0] > sums[$1] }.prefix(room))
      views = views.indices.filter(kept.contains).map { views[$0] }
    }
    let count = axis.values.count
    self.views = views.map { view in
      var cells = [Int?](repeating: nil, count: count)
      for (place, index) in view.cells { cells[place] = index }
      return View(choice: view.choice, cells: cells)
    }
  }

  private static func size(_ cell: ReleasedCell) -> Double { Double(cell.counts.first ?? 0) }

  /// What a view shows, such as `intent auto.suv`; empty where there is one view only.
  func title(of view: View) -> String {
    zip(others, view.choice).map { "\($0.name) \($0.values[$1])" }.joined(separator: ", ")
  }
}

/// Texts, numbered in the order in which they first appear.
private struct Numbered {
  private(set) var values: [String] = []
  /// By their bytes: texts that only look the same are different values.
  private var numbers: [[UInt8]: Int] = [:]

  mutating func number(of value: String) -> Int {
    let bytes = Array(value.utf8)
    if let number = numbers[bytes] { return number }
    numbers[bytes] = values.count
    values.append(value)
    return values.count - 1
  }
}
