"""The interop suite: tables written here, read by other engines, and the other way round."""
