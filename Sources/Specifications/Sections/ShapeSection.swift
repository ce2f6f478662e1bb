// ShapeSection.swift: the part of a spec that tells regions from coordinates.
// Reference: `docs/places.md`.
// SPDX-License-Identifier: Apache-2.0

import PrivateAggregation

/// The `regions` of a spec where they are circles, polygons or cells of a grid.
struct ShapeSection {
  /// The keys that make regions shapes.
  private static let kinds = ["radius", "geojson", "geohash"]

  /// Whether regions are shapes: some key says so.
  static func isMeant(_ field: NodeReader?) -> Bool {
    guard let field, !field.isText, !field.isList, let keys = try? field.mapping(nil) else {
      return false
    }
    return kinds.contains { keys.optional($0) != nil }
  }

  /// Refuses columns that do not go with how regions are told.
  static func check(
    _ columns: [SignalColumn: ColumnReference],
    _ top: MappingReader
  ) throws(SpecificationError) {
    guard let field = top.optional("regions") else { return }
    let coordinates = [SignalColumn.latitude, .longitude].filter { columns[$0] != nil }
    guard isMeant(field) else {
      guard coordinates.isEmpty else {
        throw top.error(
          "signals",
          "the columns of coordinates are declared, and `regions` lists values; write regions by "
            + "`radius`, `geojson` or `geohash`, or declare `region: COLUMN` in their place"
        )
      }
      return
    }
    guard coordinates.count == 2 else {
      throw field.error(
        "regions by radius, polygon or grid are told from coordinates; write `latitude: COLUMN` and "
          + "`longitude: COLUMN` under `signals.columns`"
      )
    }
    guard columns[.region] == nil else {
      throw top.error(
        "signals",
        "a column of regions and columns of coordinates are declared, and `regions` takes only the "
          + "coordinates; delete `region` from `columns`"
      )
    }
  }

  /// What stands under `regions`.
  let shapes: RegionShapes
  /// The names of the regions, each with the line that it comes from.
  let values: [CellValue]
  /// The file that holds them; `nil` where the spec itself does.
  let file: CellFile?

  /// Reads circles, polygons or a grid.
  ///
  /// - Parameters:
  ///   - field: The value of `regions`.
  ///   - open: Opens a file that the spec names, with one of the endings.
  /// - Throws: `SpecificationError`.
  init(
    _ field: NodeReader,
    open: (NodeReader, [String]) throws(SpecificationError) -> CellFile
  ) throws(SpecificationError) {
    let written = try field.mapping(nil)
    let named = Self.kinds.filter { written.optional($0) != nil }
    guard named.count == 1, written.optional("hierarchy") == nil else {
      throw field.error(
        "regions are told in one way; write one of radius, geojson, geohash and hierarchy, and a "
          + "report for each"
      )
    }
    switch named[0] {
    case "radius": try self.init(circles: field, open)
    case "geojson": try self.init(polygons: field, open)
    default: try self.init(grid: field, open)
    }
  }

  // MARK: - Circles

  private init(
    circles field: NodeReader,
    _ open: (NodeReader, [String]) throws(SpecificationError) -> CellFile
  ) throws(SpecificationError) {
    let keys = try field.mapping(["file", "radius", "columns"])
    let example = "file: places.csv"
    let name = try keys.required("file", example: example)
    let radii = try Self.radii(keys.required("radius", example: "radius: [10 mi, 20 mi]"))
    let columns = try PlaceColumns(keys.optional("columns"))
    let file = try open(name, [".csv"])
    let places = try file.places(columns, field: keys.optional("columns") ?? name)
    let limit = AggregationPlan.largestCellCount
    guard places.count <= limit / radii.count else {
      throw field.error(
        "\(places.count) places with \(radii.count) radii make more circles than the \(limit) cells "
          + "of one release; write fewer"
      )
    }
    var circles: [RegionCircle] = []
    var values: [CellValue] = []
    for place in places {
      for radius in radii {
        circles.append(
          RegionCircle(latitude: place.latitude, longitude: place.longitude, radius: radius)
        )
        values.append(
          CellValue(text: RegionCircle.name(place: place.name, radius: radius), line: place.line)
        )
      }
    }
    shapes = .circles(circles)
    self.values = values
    self.file = file
  }

  private static func radii(_ field: NodeReader) throws(SpecificationError) -> [RegionRadius] {
    var radii: [RegionRadius] = []
    for item in field.isText ? [field] : try field.items() {
      let text = try item.text()
      let shown = String(text.prefix(40))
      do {
        let radius = try RegionRadius(text)
        guard !radii.contains(where: { $0.isAsLong(as: radius) }) else {
          throw RadiusTwice()
        }
        radii.append(radius)
      } catch let problem as RadiusProblem {
        throw item.error("`\(shown)` " + Self.words(problem))
      } catch {
        throw item.error("`\(shown)` is a radius that is there already; keep one")
      }
    }
    return radii
  }

  private struct RadiusTwice: Error {}

  private static func words(_ problem: RadiusProblem) -> String {
    let units = NodeReader.joined(RegionRadius.units)
    switch problem {
    case .form: return "is not a radius; write a number and one of \(units), such as `10 mi`"
    case .unit: return "has a unit that is not known; write \(units), such as `10 mi`"
    case .digits: return "has more than nine digits behind the point; write fewer"
    case .range: return "is out of range; write a radius from 1 m to 10000 km"
    }
  }

  // MARK: - Polygons

  private init(
    polygons field: NodeReader,
    _ open: (NodeReader, [String]) throws(SpecificationError) -> CellFile
  ) throws(SpecificationError) {
    let keys = try field.mapping(["geojson", "key"])
    let name = try keys.required("geojson", example: "geojson: counties.geojson")
    let property = try keys.required("key", example: "key: NAME").text()
    let file = try open(name, [".geojson", ".json"])
    let features = try GeoJSONFile(file).features(named: property)
    shapes = .polygons(features.map(\.polygon), key: property)
    values = features.map { CellValue(text: $0.name, line: $0.line) }
    self.file = file
  }

  // MARK: - Grids

  private init(
    grid field: NodeReader,
    _ open: (NodeReader, [String]) throws(SpecificationError) -> CellFile
  ) throws(SpecificationError) {
    let keys = try field.mapping(["geohash", "within", "cells"])
    let longest = RegionShapes.longestCell
    let length = try keys.required("geohash", example: "geohash: 5").count(upTo: longest)
    switch (keys.optional("within"), keys.optional("cells")) {
    case (let box?, nil):
      (shapes, values) = try Self.grid(box, length: length)
      file = nil
    case (nil, let cells?):
      (values, file) = try Self.cells(cells, open)
      shapes = .geohash(length: length, within: nil)
      for value in values where !RegionShapes.isCell(value.text, length: length) {
        throw SpecificationError(
          file: file?.path ?? cells.file,
          line: value.line,
          column: value.column,
          key: file == nil ? cells.key : nil,
          message: "has a value that is no geohash of \(length) characters; write digits and small "
            + "letters without a, i, l and o"
        )
      }
    default:
      throw field.error(
        "a grid has either `within: [south, west, north, east]` in degrees or `cells`, a list or a "
          + "file; write one of them"
      )
    }
  }

  /// The cells of a box.
  private static func grid(
    _ field: NodeReader,
    length: Int
  ) throws(SpecificationError) -> (RegionShapes, [CellValue]) {
    let items = try field.items()
    guard items.count == 4 else {
      throw field.error("a box is [south, west, north, east] in degrees; write four numbers")
    }
    var corners: [Int64] = []
    for (index, item) in items.enumerated() {
      let text = try item.text()
      let limit: Int64 = index % 2 == 0 ? 90 : 180
      guard let reading = Coordinate.read(text), !reading.isCut,
        reading.billionths.magnitude <= UInt64(limit) * 1_000_000_000
      else {
        throw item.error(
          "`\(text.prefix(40))` is not a number of degrees from -\(limit) to \(limit) with at most "
            + "nine decimals"
        )
      }
      corners.append(reading.billionths)
    }
    guard corners[0] <= corners[2] else {
      throw field.error("the south of the box lies north of its north; write the smaller one first")
    }
    let limit = AggregationPlan.largestCellCount
    guard let grid = RegionShapes.grid(length: length, within: corners, limit: limit) else {
      throw field.error(
        "the box has more than the \(limit) cells that one release holds; write a smaller box or a "
          + "shorter geohash"
      )
    }
    return (grid.shapes, grid.names.map { CellValue(text: $0, line: field.line) })
  }

  private static func cells(
    _ field: NodeReader,
    _ open: (NodeReader, [String]) throws(SpecificationError) -> CellFile
  ) throws(SpecificationError) -> ([CellValue], CellFile?) {
    if field.isList {
      var values: [CellValue] = []
      for item in try field.items() {
        values.append(CellValue(text: try item.text(), line: item.line, column: item.column))
      }
      return (values, nil)
    }
    if field.isText {
      let file = try open(field, [".csv", ".txt"])
      return (try file.values(column: nil, field: field), file)
    }
    let keys = try field.mapping(["file", "column"])
    let file = try open(keys.required("file", example: "file: cells.txt"), [".csv", ".txt"])
    let column = keys.optional("column")
    let name = try column?.text()
    return (try file.values(column: name, field: column ?? field), file)
  }
}
