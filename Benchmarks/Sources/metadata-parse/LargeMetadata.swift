/// The text of a metadata file as other writers make it.
struct LargeMetadata {
  let columns: Int
  let snapshots: Int

  var text: String {
    let schema = """
      {"type":"struct","schema-id":0,"fields":[\(joined(1...columns, field))]}
      """
    return """
      {"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1",\
      "location":"s3://warehouse/logs/events","last-sequence-number":\(snapshots),\
      "last-updated-ms":\(moment(snapshots)),"last-column-id":\(columns),\
      "current-schema-id":0,"schemas":[\(schema)],\
      "default-spec-id":0,"partition-specs":[{"spec-id":0,"fields":[\
      {"name":"day","transform":"identity","source-id":1,"field-id":1000}]}],\
      "last-partition-id":1000,"default-sort-order-id":0,\
      "sort-orders":[{"order-id":0,"fields":[]}],\
      "properties":{"owner":"ops","write.format.default":"parquet"},\
      "current-snapshot-id":\(id(snapshots)),\
      "refs":{"main":{"snapshot-id":\(id(snapshots)),"type":"branch"}},\
      "snapshots":[\(joined(1...snapshots, snapshot))],\
      "statistics":[],"partition-statistics":[],\
      "snapshot-log":[\(joined(1...snapshots, logEntry))],"metadata-log":[]}
      """
  }

  private func joined(_ numbers: ClosedRange<Int>, _ item: (Int) -> String) -> String {
    numbers.map(item).joined(separator: ",")
  }

  private func field(_ id: Int) -> String {
    """
    {"id":\(id),"name":"column_\(id)","required":false,"type":"\(id % 2 == 0 ? "string" : "long")"}
    """
  }

  private func snapshot(_ number: Int) -> String {
    let parent = number == 1 ? "" : "\"parent-snapshot-id\":\(id(number - 1)),"
    return """
      {"sequence-number":\(number),"snapshot-id":\(id(number)),\(parent)\
      "timestamp-ms":\(moment(number)),"summary":{"operation":"append",\
      "spark.app.id":"application_1718000000000_\(number)","added-data-files":"12",\
      "added-records":"480000","added-files-size":"104857600","changed-partition-count":"1",\
      "total-records":"\(number * 480_000)","total-files-size":"\(number * 104_857_600)",\
      "total-data-files":"\(number * 12)","total-delete-files":"0",\
      "total-position-deletes":"0","total-equality-deletes":"0",\
      "engine-version":"3.5.1","app-id":"application_1718000000000_\(number)",\
      "engine-name":"spark","iceberg-version":"Apache Iceberg 1.10.0 (commit 2114bf631e)"},\
      "manifest-list":"s3://warehouse/logs/events/metadata/snap-\(id(number))-1-\
      0b4ae1a2-93a4-4c8c-8ed2-06a8a4f1f0d6.avro","schema-id":0}
      """
  }

  private func logEntry(_ number: Int) -> String {
    "{\"timestamp-ms\":\(moment(number)),\"snapshot-id\":\(id(number))}"
  }

  /// Ids that look random and are never the same: the factor is odd.
  private func id(_ number: Int) -> Int {
    1 + (number &* 0x1E37_79B9_7F4A_7C15) & 0x0FFF_FFFF_FFFF_FFFF
  }

  private func moment(_ number: Int) -> Int { 1_718_000_000_000 + number * 60_000 }
}
