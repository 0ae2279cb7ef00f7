import Iceberg
import Testing

private typealias Sample = ConformanceSample

extension CatalogRules {
  private static let name: TableIdentifier = "db.events"

  /// Commits to several tables at once.
  static let severalTables: [Rule] = [
    Rule("commits to several tables take place together", needs: .severalTables) {
      subject async throws in
      let first = try await subject.catalog.createTable("db.a", Sample.creation())
      let second = try await subject.catalog.createTable("other.b", Sample.creation())
      let tables = try await subject.catalog.commit([
        ("other.b", Sample.set("k")), ("db.a", Sample.set("l")),
      ])
      #expect(tables.map(\.identifier) == ["other.b", "db.a"])
      #expect(tables[0].metadata.metadataLog.map(\.location) == [second.metadataLocation])
      #expect(tables[1].metadata.metadataLog.map(\.location) == [first.metadataLocation])
      #expect(try await subject.catalog.loadTable("db.a").metadata == tables[1].metadata)
      #expect(try await subject.catalog.loadTable("other.b").metadata == tables[0].metadata)
    },
    Rule("when one commit of several fails, none takes place", needs: .severalTables) {
      subject async throws in
      let first = try await subject.catalog.createTable("db.a", Sample.creation())
      let second = try await subject.catalog.createTable("db.b", Sample.creation())
      let before = try await first.fileIO.list(under: first.metadata.location).count
      await expectError(.commitConflict) {
        _ = try await subject.catalog.commit([
          ("db.a", Sample.set("k")),
          ("db.b", Sample.set("k", requiring: .assertCurrentSchemaID(7))),
        ])
      }
      await expectError(.notFound) {
        _ = try await subject.catalog.commit([
          ("db.a", Sample.set("k")), ("db.none", Sample.set("k")),
        ])
      }
      await expectRefusal {
        _ = try await subject.catalog.commit([
          ("db.a", Sample.set("k")),
          ("db.b", TableCommit(requirements: [], updates: [.setCurrentSchema(id: 9)])),
        ])
      }
      #expect(try await subject.catalog.loadTable("db.a").metadata == first.metadata)
      #expect(try await subject.catalog.loadTable("db.b").metadata == second.metadata)
      // No file of the commit that was possible is left.
      #expect(
        try await first.fileIO.list(under: first.metadata.location).count == before)
    },
    Rule("a table is named once in commits to several", needs: .severalTables) {
      subject async throws in
      let table = try await subject.catalog.createTable("db.a", Sample.creation())
      await expectError(.invalidArgument) {
        _ = try await subject.catalog.commit([
          ("db.a", Sample.set("k")), ("db.a", Sample.set("l")),
        ])
      }
      #expect(try await subject.catalog.loadTable("db.a").metadata == table.metadata)
    },
    Rule("of several tables, those that nothing changes stay as they are", needs: .severalTables) {
      subject async throws in
      let first = try await subject.catalog.createTable("db.a", Sample.creation())
      _ = try await subject.catalog.createTable("db.b", Sample.creation())
      let tables = try await subject.catalog.commit([
        ("db.a", TableCommit(requirements: [], updates: [])), ("db.b", Sample.set("l")),
      ])
      #expect(tables[0].metadataLocation == first.metadataLocation)
      #expect(tables[1].metadata.properties["l"] == "x")
    },
    Rule("a reader never sees half of several commits", needs: .severalTables) {
      subject async throws in
      let catalog = subject.catalog
      for name: TableIdentifier in ["db.a", "db.b"] {
        _ = try await catalog.createTable(name, Sample.creation())
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<3 {
          group.addTask {
            for round in 0..<4 {
              let key = "w\(writer)-\(round)"
              while true {
                do {
                  // The same names in another order: no writers wait for each other for ever.
                  let order: [TableIdentifier] =
                    writer == 1 ? ["db.b", "db.a"] : ["db.a", "db.b"]
                  _ = try await catalog.commit(order.map { ($0, Sample.set(key)) })
                  break
                } catch let error as IcebergError where error.isRetryable {
                  await Task.yield()
                }
              }
            }
          }
        }
        group.addTask {
          for _ in 0..<20 {
            // The second table is looked at later, so it has at least what the first has.
            let first = try await catalog.loadTable("db.a").metadata.properties
            let second = try await catalog.loadTable("db.b").metadata.properties
            for key in first.keys { #expect(second[key] != nil, "\(key)") }
          }
        }
        try await group.waitForAll()
      }
      let first = try await catalog.loadTable("db.a").metadata
      let second = try await catalog.loadTable("db.b").metadata
      #expect(first.properties.keys.filter { $0.contains("-") && $0.hasPrefix("w") }.count >= 12)
      #expect(first.properties == second.properties)
      #expect(first.metadataLog.count == 12 && second.metadataLog.count == 12)
    },
    Rule("who commits to one table at a time says so", lacks: .severalTables) {
      subject async throws in
      let first = try await subject.catalog.createTable("db.a", Sample.creation())
      let second = try await subject.catalog.createTable("db.b", Sample.creation())
      await expectError(.unsupported) {
        _ = try await subject.catalog.commit([
          ("db.a", Sample.set("k")), ("db.b", Sample.set("k")),
        ])
      }
      #expect(try await subject.catalog.loadTable("db.a").metadata == first.metadata)
      #expect(try await subject.catalog.loadTable("db.b").metadata == second.metadata)
    },
  ]

  /// Several who do something at the same time.
  static let races: [Rule] = [
    Rule("of many who create one table, at most one succeeds") { subject async throws in
      for round in 0..<5 {
        let name = TableIdentifier(namespace: ["db"], name: "t\(round)")
        let winners = await withTaskGroup(of: String?.self) { group in
          for writer in 0..<6 {
            group.addTask {
              // Half of them want another name for the metadata file.
              let codec = writer.isMultiple(of: 2) ? "gzip" : "none"
              let creation = Sample.creation(
                properties: ["write.metadata.compression-codec": codec])
              return try? await subject.catalog.createTable(name, creation).metadata.tableUUID
            }
          }
          return await group.reduce(into: [String]()) { if let uuid = $1 { $0.append(uuid) } }
        }
        #expect(winners.count <= 1)
        if let winner = winners.first {
          #expect(try await subject.catalog.loadTable(name).metadata.tableUUID == winner)
        }
      }
    },
    Rule("of many commits that expect one state, one succeeds") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let outcomes = await withTaskGroup(of: (Int64, IcebergError.Code?).self) { group in
        for writer in 1...6 {
          group.addTask {
            let id = Int64(writer)
            do {
              _ = try await subject.catalog.commit(Sample.add(id, of: table.metadata), to: name)
              return (id, nil)
            } catch {
              return (id, (error as? IcebergError)?.code ?? .storage)
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let winners = outcomes.filter { $0.1 == nil }.map(\.0)
      #expect(winners.count == 1)
      for outcome in outcomes where outcome.1 != nil { #expect(outcome.1 == .commitConflict) }
      let now = try await subject.catalog.loadTable(name).metadata
      #expect(now.snapshots.map(\.id) == winners)
    },
    Rule("of many commits on one version, one succeeds; all succeed in the end") {
      subject async throws in
      _ = try await subject.catalog.createTable(name, Sample.creation())
      let writers = 6
      let rounds = 4
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<writers {
          group.addTask {
            for round in 0..<rounds {
              while true {
                do {
                  _ = try await subject.catalog.commit(
                    Sample.set("key-\(writer)-\(round)"), to: name)
                  break
                } catch let error as IcebergError where error.isRetryable {
                  await Task.yield()
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let metadata = try await subject.catalog.loadTable(name).metadata
      #expect(
        metadata.properties.keys.filter { $0.hasPrefix("key-") }.count == writers * rounds)
      #expect(metadata.metadataLog.count == writers * rounds)
      // Nothing is left of the attempts that were lost.
      let fileIO = try await subject.catalog.loadTable(name).fileIO
      let files = try await fileIO.list(under: metadata.location).map(\.location)
        .filter { $0.hasSuffix(".metadata.json") }
      #expect(files.count == writers * rounds + 1)
    },
    Rule("no append of many writers is lost") { subject async throws in
      let table = try await subject.catalog.createTable(
        name, Sample.creation(properties: ["commit.retry.min-wait-ms": "1"]))
      let policy = RetryPolicy(
        retries: 200, minWait: .milliseconds(1), maxWait: .milliseconds(50))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          group.addTask {
            for round in 0..<3 {
              let file = DataFile(
                location: table.metadata.location + "/data/\(writer)-\(round).parquet",
                format: .parquet, specID: 0, recordCount: 1, fileSizeInBytes: 10)
              try await table.commit(retry: policy) { $0.append([file]) }
            }
          }
        }
        try await group.waitForAll()
      }
      let now = try await subject.catalog.loadTable(name)
      #expect(now.metadata.snapshots.count == 12)
      #expect(try await now.scan().tasks().count == 12)
      #expect(
        now.metadata.snapshots.map(\.parentID) == [nil]
          + now.metadata.snapshots.dropLast().map(\.id)
      )
    },
    Rule("of many who rename one table, one succeeds", needs: .renaming) { subject async throws in
      _ = try await subject.catalog.createTable(name, Sample.creation())
      let winners = await withTaskGroup(of: Int?.self) { group in
        for writer in 0..<5 {
          group.addTask {
            let target = TableIdentifier(namespace: ["db"], name: "n\(writer)")
            do {
              try await subject.catalog.renameTable(name, to: target)
              return writer
            } catch {
              return nil
            }
          }
        }
        return await group.reduce(into: [Int]()) { if let winner = $1 { $0.append(winner) } }
      }
      #expect(winners.count == 1)
      #expect(
        try await subject.catalog.listTables(in: ["db"]).map(\.name) == winners.map { "n\($0)" })
    },
    Rule("of many who drop one table, one succeeds; a commit comes before or fails") {
      subject async throws in
      for round in 0..<4 {
        let name = TableIdentifier(namespace: ["db"], name: "t\(round)")
        _ = try await subject.catalog.createTable(name, Sample.creation())
        async let commit: Void = {
          _ = try? await subject.catalog.commit(Sample.set("k"), to: name)
        }()
        let drops = await withTaskGroup(of: Bool.self) { group in
          for _ in 0..<2 {
            group.addTask {
              (try? await subject.catalog.dropTable(name, purge: round.isMultiple(of: 2))) != nil
            }
          }
          return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        await commit
        #expect(drops >= 1)
        #expect(try await subject.catalog.tableExists(name) == false)
      }
    },
    Rule("who opened the catalog twice loses no commit") { subject async throws in
      guard let reopen = subject.reopen else { return }
      let other = try await reopen()
      _ = try await subject.catalog.createTable(name, Sample.creation())
      let catalogs = [subject.catalog, other]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          group.addTask {
            for round in 0..<4 {
              while true {
                do {
                  _ = try await catalogs[writer % 2].commit(
                    Sample.set("key-\(writer)-\(round)"), to: name)
                  break
                } catch let error as IcebergError where error.isRetryable {
                  await Task.yield()
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let metadata = try await other.loadTable(name).metadata
      #expect(metadata.properties.keys.filter { $0.hasPrefix("key-") }.count == 16)
      #expect(metadata.metadataLog.count == 16)
    },
  ]
}
