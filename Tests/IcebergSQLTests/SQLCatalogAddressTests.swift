#if SQL
import Iceberg
import IcebergSQL
import IcebergTestSupport
import Testing

@Suite struct SQLCatalogAddressTests {
  @Test(
    "the ways of writing one place are read",
    arguments: [
      "sqlite:///data/c.db", "sqlite:////data/c.db", "sqlite:/data/c.db", "jdbc:sqlite:/data/c.db",
    ])
  func absolute(text: String) throws {
    #expect(try SQLCatalogAddress(parsing: text).path == "/data/c.db")
  }

  @Test("a path, a name, a warehouse and a journal")
  func parts() throws {
    let address = try SQLCatalogAddress(
      parsing: "sqlite:c.db?warehouse=/a=b&name=prod&journal=wal")
    #expect(address.path == "c.db")
    #expect(address.warehouse == "/a=b")
    #expect(address.name == "prod")
    #expect(address.journal == .writeAheadLog)
  }

  @Test(
    "what names no file, or asks for something unknown, is refused",
    arguments: [
      "", "c.db", "postgres://host/db", "sqlite:", "sqlite://", "sqlite:///", "sqlite:///:memory:",
      "sqlite::memory:", "sqlite:c.db?x=1", "sqlite:c.db?warehouse=", "sqlite:c.db?journal=off",
    ])
  func refused(text: String) {
    #expect(throws: IcebergError.self) { try SQLCatalogAddress(parsing: text) }
  }
}
#endif
