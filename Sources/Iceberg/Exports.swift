// What users of the library need beside it: the values of the table format, rows in memory, and the
// vocabulary of `FileIO` and of metadata (`Bytes`, `JSONValue`).
@_exported public import IcebergBytes
@_exported public import IcebergColumns
@_exported public import IcebergModel
