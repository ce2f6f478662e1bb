// TopoJSONReader.swift: the polygons of a TopoJSON text, whose borders are shared arcs.
// Reference: [TopoJSON13].
// SPDX-License-Identifier: Apache-2.0

/// Reads the shapes of one object of a topology.
struct TopoJSONReader {
  private let objects: [String: JSONValue]
  /// The arcs, in degrees.
  private let arcs: [[GeoPoint]]
  private var budget = PointBudget()
  private var shapes: [MapShape] = []

  /// Takes a topology and puts its arcs in place.
  init(_ topology: JSONValue) throws(MapFileError) {
    guard let objects = topology["objects"]?.members, !objects.isEmpty else {
      throw MapFileError("is TopoJSON without `objects`; give a whole file")
    }
    guard let list = topology["arcs"]?.items else {
      throw MapFileError("is TopoJSON without `arcs`; give a whole file")
    }
    self.objects = objects
    let transform = try Transform(topology["transform"])
    var arcs: [[GeoPoint]] = []
    arcs.reserveCapacity(list.count)
    for arc in list {
      try budget.take(arc.items?.count ?? 0)
      arcs.append(try Self.arc(arc, number: arcs.count, transform))
    }
    self.arcs = arcs
    budget = PointBudget()
  }

  /// How whole numbers become degrees.
  private struct Transform {
    var scale = (x: 1.0, y: 1.0)
    var offset = (x: 0.0, y: 0.0)
    var isDelta = false

    init(_ value: JSONValue?) throws(MapFileError) {
      guard let value else { return }
      guard case .numbers(let scale) = value["scale"], scale.count == 2,
        case .numbers(let offset) = value["translate"], offset.count == 2
      else {
        throw MapFileError(
          "has a `transform` without two numbers each in `scale` and `translate`; replace the file"
        )
      }
      self.scale = (scale[0], scale[1])
      self.offset = (offset[0], offset[1])
      isDelta = true
    }
  }

  private static func arc(
    _ value: JSONValue,
    number: Int,
    _ transform: Transform
  ) throws(MapFileError) -> [GeoPoint] {
    var points: [GeoPoint] = []
    var (x, y) = (0.0, 0.0)
    for position in value.items ?? [] {
      guard case .numbers(let numbers) = position, numbers.count >= 2 else {
        throw MapFileError("arc \(number) has a position without two numbers; replace the file")
      }
      // With a transform each position but the first is the step from the one before.
      (x, y) = transform.isDelta ? (x + numbers[0], y + numbers[1]) : (numbers[0], numbers[1])
      let longitude = x * transform.scale.x + transform.offset.x
      let latitude = y * transform.scale.y + transform.offset.y
      guard abs(longitude) <= 360, abs(latitude) <= 90.000_001 else {
        throw MapFileError(
          "arc \(number) has a position that is no longitude and latitude; use a file that is not "
            + "projected, in WGS 84 degrees"
        )
      }
      points.append(GeoPoint(longitude: longitude, latitude: min(max(latitude, -90), 90)))
    }
    return points
  }

  /// The shapes of an object, those without a polygon too.
  mutating func shapes(of name: String?) throws(MapFileError) -> [MapShape] {
    let object: JSONValue
    if let name {
      guard let found = objects[name] else {
        throw MapFileError(
          key: "object",
          "there is no object `\(name.prefix(40))`; write \(MapFileError.names(objects.keys))"
        )
      }
      object = found
    } else {
      guard objects.count == 1, let only = objects.first?.value else {
        throw MapFileError(
          key: "object",
          "has several objects; write `object:` with \(MapFileError.names(objects.keys))"
        )
      }
      object = only
    }
    try collect(object)
    return shapes
  }

  private mutating func collect(_ geometry: JSONValue) throws(MapFileError) {
    if geometry["type"]?.string == "GeometryCollection" {
      for part in geometry["geometries"]?.items ?? [] { try collect(part) }
      return
    }
    let number = shapes.count + 1
    var rings: [[GeoPoint]] = []
    switch geometry["type"] {
    case .text("Polygon"):
      rings = try polygon(geometry["arcs"], number)
    case .text("MultiPolygon"):
      for part in geometry["arcs"]?.items ?? [] { rings += try polygon(part, number) }
    case nil, .null, .text("Point"), .text("MultiPoint"), .text("LineString"),
      .text("MultiLineString"):
      break
    default:
      throw .shape(number, "is of no kind that TopoJSON knows; mend or replace the file")
    }
    shapes.append(MapShape(names: ShapeNames.read(geometry), rings: rings))
  }

  private mutating func polygon(
    _ value: JSONValue?,
    _ shape: Int
  ) throws(MapFileError) -> [[GeoPoint]] {
    var rings: [[GeoPoint]] = []
    for ring in value?.items ?? [] {
      guard case .numbers(let indices) = ring else {
        if ring.items?.isEmpty == true { continue }
        throw .shape(shape, "lacks the numbers of its arcs; replace the file")
      }
      var points: [GeoPoint] = []
      for index in indices {
        guard let index = Int(exactly: index) else {
          throw .shape(shape, "names an arc by a fraction; replace the file")
        }
        // ~i is arc i from its end.
        let position = index < 0 ? ~index : index
        guard arcs.indices.contains(position) else {
          throw .shape(shape, "names an arc that is not there; replace the file")
        }
        let arc = arcs[position]
        try budget.take(arc.count)
        // The first point of an arc is the last one of the arc before.
        if !points.isEmpty { points.removeLast() }
        points += index < 0 ? arc.reversed() : arc
      }
      if let ring = GeoRing.open(points) { rings.append(ring) }
    }
    return rings
  }
}
