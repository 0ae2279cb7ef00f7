@_exported public import IcebergModel
@_exported public import IcebergColumns
