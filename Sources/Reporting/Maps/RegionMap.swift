// RegionMap.swift: the outlines of regions as paths on a sheet, small enough for a page.
// SPDX-License-Identifier: Apache-2.0

/// The outlines of regions on one sheet.
struct RegionMap {
  /// A text on the sheet, such as the letters on a tile.
  struct Label {
    let text: String
    let x: Int
    let y: Int
  }

  /// The size of the sheet, in steps of its grid.
  var width = 0
  var height = 0
  /// How many steps of the grid a pixel of the sheet has.
  var grain = 1.0
  /// The data of the path of each region; empty where it has no place.
  var paths: [String]
  /// The path of what is drawn beneath, in one piece.
  var background = ""
  /// The path of thin lines beneath, such as meridians.
  var lines = ""
  var labels: [Int: Label] = [:]
  /// The path of a bar of a round length.
  var ruler = ""
  /// The regions in the order in which they are drawn.
  var order: [Int]
  /// A name for each region beside its code.
  var names: [String?]
  /// How it is drawn, in one or two sentences for readers.
  var remarks: [String] = []
  /// Whether regions may lie over one another.
  var overlaps = false

  /// The most bytes that paths may take; beyond it the grid becomes coarser.
  static let mostBytes = 400_000
  /// The most regions that are drawn.
  static let mostRegions = 10_000
  /// The width of a sheet, in pixels.
  static let width = 960.0

  /// An empty sheet for so many regions.
  init(regions: Int) {
    paths = Array(repeating: "", count: regions)
    names = Array(repeating: nil, count: regions)
    order = Array(0..<regions)
  }

  /// The number of regions that have no place on it.
  var missing: [Int] { paths.indices.filter { paths[$0].isEmpty } }

  /// The shapes of a file; `nil` where none of them is a region.
  init?(_ shapes: RegionShapes) {
    guard shapes.matched > 0 else { return nil }
    self.init(regions: shapes.rings.count)
    names = shapes.names
    for (index, state) in (USState.states(of: shapes.regions) ?? []).enumerated() {
      names[index] = names[index] ?? state?.name
    }
    let matched = shapes.rings.flatMap { $0 }
    let sheet: Sheet
    if UnitedStates.covers(matched) {
      sheet = .unitedStates
      remarks.append(
        "Equal-area projection; Alaska, at about a third of the scale, Hawaii and Puerto Rico are "
          + "moved beside the other states."
      )
    } else if let extent = GeoExtent(matched) {
      let projection = extent.projection
      sheet = Sheet(projection, showing: matched)
      remarks.append("\(projection.name).")
    } else {
      return nil
    }
    draw(shapes.rings, beneath: shapes.others, on: sheet)
  }

  /// Draws on the finest grid whose paths are short enough.
  mutating func draw(_ rings: [[[GeoPoint]]], beneath others: [[GeoPoint]], on sheet: Sheet) {
    let regions = rings.map { $0.flatMap { sheet.placed($0) } }
    let beneath = others.flatMap { sheet.placed($0) }.filter(sheet.shows)
    for grain in [2, 1, 0.5, 0.25] {
      let paths = regions.map { GridPath($0, scale: grain).data }
      var ground = GridPath(scale: grain)
      for ring in beneath { ground.add(ring) }
      let bytes = paths.reduce(ground.data.utf8.count) { $0 + $1.utf8.count }
      guard bytes <= Self.mostBytes || grain == 0.25 else { continue }
      self.paths = paths
      // What is only there to be looked past is left out rather than make a page too long.
      background = bytes <= 2 * Self.mostBytes ? ground.data : ""
      self.grain = grain
      width = Int((sheet.size.x * grain).rounded(.up))
      height = Int((sheet.size.y * grain).rounded(.up))
      return
    }
  }
}

/// A sheet in pixels, on which places of the globe are put.
enum Sheet {
  /// The United States with its parts moved.
  case unitedStates
  /// A projection, and how the plane becomes pixels.
  case plain(MapProjection, scale: Double, left: Double, top: Double, size: PlanePoint)

  /// A sheet that shows rings as large as it can.
  init(_ projection: MapProjection, showing rings: [[GeoPoint]]) {
    let margin = 8.0
    let points = rings.flatMap { Self.placed($0, by: projection).joined() }
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
    let (top, bottom) = (ys.min() ?? 0, ys.max() ?? 0)
    let (width, height) = (max(right - left, 1e-9), max(bottom - top, 1e-9))
    // Never much higher than wide: a page is read from top to bottom.
    let room = RegionMap.width - 2 * margin
    let scale = min(room / width, room * 0.8 / height)
    self = .plain(
      projection,
      scale: scale,
      left: margin - left * scale,
      top: margin - top * scale,
      size: PlanePoint(x: width * scale + 2 * margin, y: height * scale + 2 * margin)
    )
  }

  /// The size in pixels.
  var size: PlanePoint {
    switch self {
    case .unitedStates: UnitedStates.size
    case .plain(_, _, _, _, let size): size
    }
  }

  /// A ring on the sheet, in as many pieces as it is cut into; none where the sheet ends.
  func placed(_ ring: [GeoPoint]) -> [[PlanePoint]] {
    switch self {
    case .unitedStates:
      guard let point = ring.first, let part = UnitedStates(point) else { return [] }
      return GeoRing.cut(ring, at: part.projection.meridian).map { piece in
        piece.map { part.place(offset: $0.longitude, latitude: $0.latitude) }
      }
    case .plain(let projection, let scale, let left, let top, _):
      return Self.placed(ring, by: projection).map { piece in
        piece.map { PlanePoint(x: $0.x * scale + left, y: $0.y * scale + top) }
      }
    }
  }

  /// A line on the sheet, in pieces that do not cross the far side.
  func placed(line points: [GeoPoint]) -> [[PlanePoint]] {
    guard case .plain(let projection, let scale, let left, let top, _) = self else { return [] }
    var pieces: [[PlanePoint]] = []
    var piece: [PlanePoint] = []
    var before: Double?
    for point in points {
      let offset = GeoRing.offset(point.longitude, from: projection.meridian)
      if let before, abs(offset - before) > 90 {
        pieces.append(piece)
        piece = []
      }
      before = offset
      let place = projection.place(offset: offset, latitude: point.latitude)
      piece.append(PlanePoint(x: place.x * scale + left, y: place.y * scale + top))
    }
    return pieces + [piece]
  }

  /// Whether any of a ring is within the sheet.
  func shows(_ ring: [PlanePoint]) -> Bool {
    let (xs, ys) = (ring.map(\.x), ring.map(\.y))
    guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max()
    else { return false }
    return right >= 0 && left <= size.x && bottom >= 0 && top <= size.y
  }

  private static func placed(
    _ ring: [GeoPoint],
    by projection: MapProjection
  ) -> [[PlanePoint]] {
    if case .azimuthal = projection {
      // Nothing is cut: the far side is a circle around everything.
      return [ring.map(projection.place)]
    }
    return GeoRing.cut(ring, at: projection.meridian).map { piece in
      piece.map { projection.place(offset: $0.longitude, latitude: $0.latitude) }
    }
  }
}
