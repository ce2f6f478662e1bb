// GeodesicTests.swift: lengths on the Earth are those of another program to within a millimetre.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import Releases
import TestSupport
import Testing

@testable import PrivateAggregation

/// What `Tests/Vectors/Places/geodesics.json` holds.
struct GeodesicVectors: Decodable {
  /// An element of a record.
  enum Element: Decodable {
    case text(String)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    var text: String { if case .text(let text) = self { text } else { "" } }
    var isTrue: Bool { if case .flag(let flag) = self { flag } else { false } }
  }

  let angles: [[String]]
  let points: [[String]]
  let pairs: [[String]]
  let borders: [[Element]]

  static let all = Result {
    try Vectors.decode(GeodesicVectors.self, from: "Places/geodesics.json")
  }

  /// The billionths of a decimal.
  static func billionths(_ text: String) throws -> Int64 {
    try #require(ExactDecimal.billionths(text))
  }
}

@Suite struct `Geodesics` {
  @Test func `have sines and cosines of 60 bits`() throws {
    for record in try GeodesicVectors.all.get().angles {
      let angle = FixedPoint(billionths: try #require(Int64(record[0])))
      let (sine, cosine) = FixedPoint.sineAndCosine(angle)
      // The angle itself is rounded to a unit.
      #expect(abs(sine.raw - (try #require(Int128(record[1])))) <= 24, "\(record[0])")
      #expect(abs(cosine.raw - (try #require(Int128(record[2])))) <= 24, "\(record[0])")
      guard sine >= .zero else { continue }
      let back = FixedPoint.angle(sine: sine, cosine: cosine)
      #expect(abs(back.raw - angle.raw) <= 64, "\(record[0])")
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 15, 16, 17, 1 << 60, 1 << 62 - 1, Int64.max] as [Int64])
  func `have whole roots`(value: Int64) {
    for square in [Int128(value), Int128(value) * Int128(value), Int128(value) << 60] {
      let root = FixedPoint.squareRoot(square)
      #expect(root * root <= square && (root + 1) * (root + 1) > square)
    }
  }

  @Test func `stand in space where another program puts them`() throws {
    let table = SurfaceTable.shared
    var worst: Int128 = 0
    for record in try GeodesicVectors.all.get().points {
      let point = table.point(
        latitude: try GeodesicVectors.billionths(record[0]),
        longitude: try GeodesicVectors.billionths(record[1])
      )
      for (found, expected) in zip([point.x, point.y, point.z], record[2...]) {
        worst = max(worst, abs(Int128(found) * 1000 - (try #require(Int128(expected)))))
      }
    }
    #expect(worst < 3000, "in thousandths of a unit")
    #expect(SurfacePoint.error * 1000 > worst)
  }

  @Test func `are as long as another program finds, to within a millimetre`() throws {
    var worst: Int128 = 0
    for record in try GeodesicVectors.all.get().pairs {
      let numbers = try record[..<4].map(GeodesicVectors.billionths)
      let length = Spheroid.distance(
        Spheroid.Place(latitude: numbers[0], longitude: numbers[1]),
        Spheroid.Place(latitude: numbers[2], longitude: numbers[3])
      )
      let expected = try #require(Decimal(string: record[4])) * 1_000_000_000
      let nanometres = try #require(Int128(NSDecimalNumber(decimal: expected).stringValue))
      worst = max(worst, abs(length - nanometres))
    }
    #expect(worst < 1_000_000, "in nanometres")
    // What the documentation states as found.
    #expect(worst < 50_000, "in nanometres")
  }

  @Test func `decide about points a millimetre from a border`() throws {
    for record in try GeodesicVectors.all.get().borders {
      let radius = try #require(PlaceRadius(record[0].text))
      let numbers = try record[1...4].map { try GeodesicVectors.billionths($0.text) }
      let circle = RegionCircle(latitude: numbers[0], longitude: numbers[1], radius: radius)
      let index = CircleIndex([circle])
      var found = 0
      index.forEach(numbers[2], numbers[3]) { _ in found += 1 }
      #expect(found == (record[5].isTrue ? 1 : 0), "\(record)")
    }
  }

  /// The straight line and the length along the surface never contradict each other.
  @Test(arguments: ["1 m", "16.09344 km", "250 km", "1000 mi", "10000 km"])
  func `agree with straight lines`(text: String) throws {
    let radius = try #require(PlaceRadius(text))
    let table = SurfaceTable.shared
    var undecided = 0
    for record in try GeodesicVectors.all.get().pairs {
      let numbers = try record[..<4].map(GeodesicVectors.billionths)
      let circle = RegionCircle(latitude: numbers[0], longitude: numbers[1], radius: radius)
      let surface = SurfaceCircle(
        centre: table.point(latitude: numbers[0], longitude: numbers[1]),
        radius: circle.nanometres
      )
      let square = surface.centre.squareOfChord(
        table.point(latitude: numbers[2], longitude: numbers[3])
      )
      let length = Spheroid.distance(
        Spheroid.Place(latitude: numbers[0], longitude: numbers[1]),
        Spheroid.Place(latitude: numbers[2], longitude: numbers[3])
      )
      if square < surface.surelyInside {
        #expect(length < circle.nanometres)
      } else if square > surface.surelyOutside {
        #expect(length > circle.nanometres)
      } else {
        undecided += 1
      }
    }
    #expect(undecided < 90)
  }
}
