// UnitedStates.swift: the map of the 48 states with Alaska, Hawaii and Puerto Rico moved beside them.
// Reference: [Snyder87], page 98.
// SPDX-License-Identifier: Apache-2.0

/// The United States on one sheet: a place for each part, and its scale.
enum UnitedStates: CaseIterable {
  case states48
  case alaska
  case hawaii
  case puertoRico

  /// The part that a place lies in; `nil` outside of all.
  init?(_ point: GeoPoint) {
    let (longitude, latitude) = (GeoRing.offset(point.longitude, from: 0), point.latitude)
    switch (longitude, latitude) {
    case (-125.5 ... -66.5, 24...49.6): self = .states48
    case (-180 ... -129, 50...72), (170...180, 50...56): self = .alaska
    case (-179 ... -154, 18...29): self = .hawaii
    case (-68.2 ... -64.3, 17.4...18.8): self = .puertoRico
    default: return nil
    }
  }

  /// Whether rings are a map of the United States: all in its parts, and wide enough to be it.
  static func covers(_ rings: [[GeoPoint]]) -> Bool {
    var (west, east) = (180.0, -180.0)
    for ring in rings {
      guard let point = ring.first, let part = UnitedStates(point) else { return false }
      guard part == .states48 else { continue }
      west = min(west, point.longitude)
      east = max(east, point.longitude)
    }
    return east - west > 25
  }

  /// The equal-area projection of the part.
  var projection: MapProjection {
    switch self {
    case .states48: .albers(longitude: -96, latitude: 38.7, parallels: [29.5, 45.5])
    case .alaska: .albers(longitude: -154, latitude: 58.5, parallels: [55, 65])
    case .hawaii: .albers(longitude: -157, latitude: 19.9, parallels: [8, 18])
    case .puertoRico: .albers(longitude: -66, latitude: 18, parallels: [8, 18])
    }
  }

  /// The size of the sheet, in pixels.
  static let size = PlanePoint(x: 975, y: 610)

  /// Puts a place of the part on the sheet.
  func place(offset: Double, latitude: Double) -> PlanePoint {
    // The radius of the globe in pixels, and where the centre of the 48 states is.
    let (k, x, y) = (1300.0, 487.5, 305.0)
    var point = projection.place(offset: offset, latitude: latitude)
    // The middle of the sheet lies off the meridian that keeps its shape.
    let shift: (center: Double, scale: Double, x: Double, y: Double) =
      switch self {
      case .states48: (-0.6, 1, 0, 0)
      case .alaska: (-2, 0.35, -0.307, 0.201)
      case .hawaii: (-3, 1, -0.205, 0.212)
      case .puertoRico: (0, 1, 0.350, 0.224)
      }
    let center = projection.place(offset: shift.center, latitude: centerLatitude)
    point.x = x + k * (shift.x + shift.scale * (point.x - center.x))
    point.y = y + k * (shift.y + shift.scale * (point.y - center.y))
    return point
  }

  private var centerLatitude: Double {
    guard case .albers(_, let latitude, _) = projection else { return 0 }
    return latitude
  }
}
