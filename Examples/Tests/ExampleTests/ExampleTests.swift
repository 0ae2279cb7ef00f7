import Foundation
import Testing

/// What the programs print is what their pages say.
@Suite struct ExampleTests {
  @Test("a broken load is found, compared and taken out without losing the later ones")
  func timeTravelDebugging() throws {
    try Example("time-travel-debugging").prints(
      """
      1. Eight nights of loads, one commit each; one of them is broken
         8 snapshots

      2. The largest sale cannot be right; the file metrics tell it without reading a row
         largest sale: 14250 cents

      3. Search the history for the first snapshot with such a sale
         load 4: largest sale 1415, good
         load 6: largest sale 14250, broken
         load 5: largest sale 14250, broken
         load 5 is the broken one

      4. Compare it with the one before
         shop    files  rows  cents
         ------  -----  ----  -----
         Bergen      1     4   4950
         Oslo        1     4  49500
         Tromsø      1     4   4950

      5. Take it out in one commit: tag it, go back before it, repeat the loads behind it
         84 sales of 7 loads
         largest sale: 1455 cents

      6. Load that night again
         96 sales
         largest sale: 1455 cents

      7. The broken state can still be read, until its tag is removed and it expires
         sale 510 in Oslo: 10500 cents
         sale 511 in Oslo: 11750 cents
         sale 512 in Oslo: 13000 cents
         sale 513 in Oslo: 14250 cents
      """)
  }

  @Test("appends are made again by themselves, changes of what was read are refused")
  func concurrentWriters() throws {
    try Example("concurrent-writers").prints(
      """
      1. Four writers append five times each, all at the same time
         20 commits, 2000 on all accounts

      2. Two change different accounts at once: both are right, both are committed
         2100 on all accounts

      3. Two change the same account from the same version: the second must not win
         refused: the account was changed since it was read

      4. What to do about it: read again, decide again
         account 301 has 120

      5. Ten such deposits at the same time, none is lost
         account 301 has 130
      """)
  }

  @Test("columns get types, lines that do not fit are refused, and no file is imported twice")
  func csvImport() throws {
    let example = try Example("csv-import")
    let lines = try example.run().split(separator: "\n").map(String.init)
    #expect(lines.contains("   height_m      double       no"))
    #expect(lines.contains("   opened        date         no"))
    #expect(lines.contains("   last_reading  timestamptz  yes"))
    #expect(lines.contains("   4 rows, 2 lines refused"))
    #expect(lines.contains("   line 7: 2 fields, but there are 6 columns"))
    #expect(lines.contains("   height_m: 4.0 to 2956.0"))
    let file = example.folder.appendingPathComponent("some-numbers.csv")
    try Data("a,b\n1,\"x,y\"\n2,\n".utf8).write(to: file)
    let first = try example.run([file.path, example.folder.path])
    #expect(first.contains("imports.some_numbers\n") && first.contains("2 rows, 0 lines refused"))
    let second = try example.run([file.path, example.folder.path])
    #expect(second.contains("some-numbers.csv is imported already: nothing to do"))
  }

  @Test("columns and partitions change under rows that stay where they are")
  func schemaEvolution() throws {
    let text = try Example("schema-evolution").run()
    for part in [
      "breaking: ", "   2  at        timestamptz  yes", "   3  severity  string       no",
      "   4  country   string       no", "2 files by day, 3 by hour and country",
      "left out: at_day=2024-01-15",
      "read: at_day=2024-01-16", "left out: at_hour=2024-01-16-08/country=NO",
      "read: at_hour=2024-01-16-09/country=SE", "   id, at, level\n",
      "event 1 comes from 'import'",
    ] { #expect(text.contains(part), "\(part) in\n\(text)") }
  }

  @Test("a load that is not good enough never gets into the silver and gold tables")
  func lakehouse() throws {
    try Example("lakehouse").prints(
      """
      1. Monday: three messages
         3 new orders, 0 known already, 0 unreadable
         1 day of revenue computed

      2. Tuesday: one message a second time, one late, one that cannot be read
         3 new orders, 1 known already, 1 unreadable
         2 days of revenue computed

      3. Wednesday: a load that is not good enough does not get into the silver table
         3 new orders, 0 known already, 0 unreadable
         refused: only 33 % have a customer, 95 % are needed
         silver still has 6 orders

      4. Its source sends it again: the bronze table goes back first
         3 new orders, 0 known already, 0 unreadable
         1 day of revenue computed

      5. Revenue by day and country
         day         country  orders  cents
         ----------  -------  ------  -----
         2024-01-15  DK            1   4000
         2024-01-15  NO            2   3700
         2024-01-15  SE            1    900
         2024-01-16  NO            1    700
         2024-01-16  SE            1   1500
         2024-01-17  DK            1    500
         2024-01-17  NO            2    700

      6. And on Monday evening?
         4600 cents

      7. How the tables are
      """, exactly: false)
  }

  @Test("a table of many commits is kept small and quick, with the same rows")
  func nightlyMaintenance() throws {
    try Example("nightly-maintenance").prints(
      """
      1. A day of a table: a commit every few minutes, and a writer that died
         24 snapshots, 24 manifests, 48 files, 24 in one partition

      2. At night, one process after the other
         expired 21 snapshots, removed 21 files
         put 48 files together into 2
         removed 1 files that no metadata names

      3. In the morning
         5 snapshots, 1 manifests, 2 files, 1 in one partition
         48 rows, as before
         intact
      """)
  }
}
