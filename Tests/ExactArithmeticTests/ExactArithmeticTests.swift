import ExactArithmetic
import Testing

@Test func smoke() throws {
  #expect(try Rational(parsing: "0.1") == Rational(1, 10))
  #expect(try Rational(parsing: "1/3").description == "1/3")
  let e = Enclosure.exp(Rational(-1), precision: 200).decimals(digits: 46)
  print(e)
  print(Enclosure.exp(try Rational(parsing: "-20000.123"), precision: 200).decimals(digits: 46))
  print(Enclosure.exp(try Rational(parsing: "1e-12"), precision: 200).decimals(digits: 46))
  print(try Rational(parsing: "123456.789e3").decimal(digits: 3, .up))
  #expect(Int64(exactly: BigInteger(Int64.min)) == Int64.min)
  #expect(UInt64(exactly: BigInteger(UInt64.max)) == UInt64.max)
  #expect(Int64(exactly: BigInteger(Int64.max) + 1) == nil)
}
