package import Iceberg
package import Testing

/// Expects `body` to throw an ``IcebergError`` of the given kind.
package func expectError(
  _ code: IcebergError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async {
  do {
    try await body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as IcebergError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error) was thrown", sourceLocation: sourceLocation)
  }
}
