/// One row of the table.
struct Sale: Codable {
  var id: Int64
  var shop: String
  var cents: Int64
}

extension Sale {
  /// What the load of a night brings: the sales of one day in three shops.
  ///
  /// In a broken load, one shop has sent its prices in thousandths.
  static func load(night: Int64, isBroken: Bool = false) -> [Sale] {
    var sales: [Sale] = []
    for (place, shop) in ["Bergen", "Oslo", "Tromsø"].enumerated() {
      let factor: Int64 = isBroken && shop == "Oslo" ? 10 : 1
      for number in 0..<Int64(4) {
        let id = night * 100 + Int64(place) * 10 + number
        let cents = 1000 + night * 10 + number * 125
        sales.append(Sale(id: id, shop: shop, cents: cents * factor))
      }
    }
    return sales
  }
}
